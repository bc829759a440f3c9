import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, test } from "vitest";
import { buildGander, type BuiltGander } from "../cli/built-gander.ts";
import type { TestDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";
import { atAll } from "./at-all.ts";
import {
  ACTIONS,
  type Action,
  expectGoodEnd,
  prepareDatabases,
  runDisturbed,
  runScenario,
  type Prepared,
} from "./prepared.ts";
import { createRandom, seed } from "./seed.ts";
import { shareOf } from "./share.ts";

interface Moment {
  readonly event: number;
  readonly later: number;
}

/** Up, and down, on each server. */
const MOMENTS = 60;
const MOST_MS_LATER = 15;
const END_OTHERS = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`;

const random = createRandom(seed);

let gander: BuiltGander;
beforeAll(async () => {
  gander = await buildGander();
});
afterAll(() => gander[Symbol.asyncDispose]());

async function countEvents(prepared: Prepared, action: Action): Promise<number> {
  await using database = await prepared.create();
  let events = 0;
  await runScenario(database.url, action, () => events++);
  return events;
}

async function endBackend(database: TestDatabase, action: Action, { event, later }: Moment): Promise<string> {
  // The connection that ends the others is there beforehand.
  await database.query("SELECT 1");
  let events = 0;
  let ending: Promise<unknown> | undefined;
  const run = await runDisturbed(database.url, action, () => {
    if (++events === event) ending = sleep(later).then(() => database.query(END_OTHERS));
  });
  await ending;
  return await expectGoodEnd(database, action, run, gander.main);
}

describe.each(servers())(`the backend is ended on PostgreSQL $major, GANDER_TEST_SEED=${seed}`, (server) => {
  test.each(ACTIONS)("during %s: the run goes on, or tells the truth", { timeout: 600_000 }, async (action) => {
    await using prepared = await prepareDatabases(server, action);
    const events = await countEvents(prepared, action);
    const moments = Array.from({ length: shareOf(MOMENTS) }, () => ({
      event: Math.ceil(random() * events),
      later: Math.floor(random() * MOST_MS_LATER),
    }));
    await atAll(`pg_terminate_backend, ${action}`, moments, async (moment) => {
      await using database = await prepared.create();
      return await endBackend(database, action, moment);
    });
  });
});
