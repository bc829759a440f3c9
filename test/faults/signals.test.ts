import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildGander, type BuiltGander, ended } from "../cli/built-gander.ts";
import { createDatabase } from "../support/create-database.ts";
import { newestServer } from "../support/server-list.ts";
import { writeMigrations } from "./run-server.ts";

const SLEEPING =
  "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";

const first = "-- +goose Up\nCREATE TABLE a (x int);\nINSERT INTO a VALUES (1);\n";
const slow = (outside: string, seconds: number) =>
  `${outside}-- +goose Up\nCREATE TABLE b (x int);\nSELECT pg_sleep(${seconds});\n`;

let gander: BuiltGander;
beforeAll(async () => {
  gander = await buildGander();
});
afterAll(() => gander[Symbol.asyncDispose]());

describe.each([
  ["SIGTERM", 143],
  ["SIGINT", 130],
] as const)("%s during a migration", (signal, exitCode) => {
  test("cancels it on the server and rolls it back; the next start goes on", async () => {
    await using database = await createDatabase(newestServer());
    const up = (seconds: number) => {
      const folder = writeMigrations({ "1_a.sql": first, "2_b.sql": slow("", seconds) });
      return ["-d", folder, "--database-url", database.url, "up"];
    };
    const child = gander.start(up(30));
    const end = ended(child);
    await expect.poll(() => database.query(SLEEPING), { timeout: 30_000 }).toEqual([{ n: 1 }]);
    child.kill(signal);
    expect(await end).toMatchObject({ code: exitCode, log: expect.stringMatching(/interrupted/) });
    expect(await database.query(SLEEPING)).toEqual([{ n: 0 }]);
    expect(await database.query("SELECT to_regclass('b') AS b, (SELECT count(*)::int FROM a) AS n")).toEqual([
      { b: null, n: 1 },
    ]);
    expect(await gander.run(up(0))).toMatchObject({ code: 0 });
    expect(
      await database.query("SELECT version_id::int AS v, is_dirty AS d FROM schema_migrations ORDER BY 1"),
    ).toEqual([
      { v: 1, d: false },
      { v: 2, d: false },
    ]);
  });

  test("outside a transaction: the next start goes on at the statement that was cancelled", async () => {
    await using database = await createDatabase(newestServer());
    const outside = "-- +goose NO TRANSACTION\n";
    // The file must stay as it is, so its sleep ends when the test has made a row.
    const text = `${outside}-- +goose Up\nINSERT INTO a VALUES (2);\nSELECT pg_sleep(30) WHERE NOT EXISTS (SELECT FROM free);\nINSERT INTO a VALUES (3);\n`;
    const args = ["-d", writeMigrations({ "1_a.sql": first, "2_b.sql": text }), "--database-url", database.url, "up"];
    await database.query("CREATE TABLE free (x int)");
    const child = gander.start(args);
    const end = ended(child);
    await expect.poll(() => database.query(SLEEPING), { timeout: 30_000 }).toEqual([{ n: 1 }]);
    child.kill(signal);
    expect(await end).toMatchObject({ code: exitCode });
    expect(await database.query(SLEEPING)).toEqual([{ n: 0 }]);
    await database.query("INSERT INTO free VALUES (1)");
    expect(await gander.run(args)).toMatchObject({ code: 0 });
    expect(await database.query("SELECT x FROM a ORDER BY x")).toEqual([{ x: 1 }, { x: 2 }, { x: 3 }]);
  });
});
