import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { Connection, Database } from "../../src/database/connection.ts";
import { openDatabase, type DatabaseInput } from "../../src/database/open-database.ts";
import { ConnectionError } from "../../src/errors.ts";

/** A home folder without password files, services or certificates; a file of this test file may be put there. */
export const home = mkdtempSync(join(tmpdir(), "gander-home-"));
afterAll(() => rm(home, { recursive: true }));

/** Opens without the environment of whoever runs the tests. */
export function open(input: DatabaseInput, env: Record<string, string> = {}): Database {
  return openDatabase(input, { env: { HOME: home, ...env }, applicationName: "test of gander" });
}

/** Connects, asks, and disconnects; the first value of the last answer. */
export async function ask(input: DatabaseInput, query: string, env?: Record<string, string>): Promise<unknown> {
  const connection = await open(input, env).connect();
  const results = await connection.send(query).finally(() => connection.close());
  return results.at(-1)?.rows[0]?.[0];
}

/** The error of a connection that must not come about. */
export async function failure(input: DatabaseInput, env?: Record<string, string>): Promise<ConnectionError> {
  const outcome: unknown = await open(input, env)
    .connect()
    .then((connection: Connection) => connection.close())
    .catch((error: unknown) => error);
  if (!(outcome instanceof ConnectionError)) throw new Error(`expected a ConnectionError, got ${String(outcome)}`);
  return outcome;
}
