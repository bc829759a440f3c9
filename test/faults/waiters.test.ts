import { hostname } from "node:os";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMigrator, type GanderEvent, type LockTimeoutError } from "../../src/index.ts";
import { createDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";
import { buildLibrary, startServer, writeMigrations } from "./run-server.ts";

const WAITERS = 5;
const MIGRATIONS = {
  "1_a.sql": "-- +goose Up\nCREATE TABLE IF NOT EXISTS a (x int);\nINSERT INTO a VALUES (1);\n",
  "2_b.sql": "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY a_x ON a (x);\n",
};

let library: ReturnType<typeof buildLibrary>;
beforeAll(() => {
  library = buildLibrary();
});
afterAll(() => library.remove());

describe.each(servers())("promise 3, a waiter blocks nobody, on PostgreSQL $major", (server) => {
  test("CONCURRENTLY gets past five servers that wait, and waits for a snapshot of another session", async () => {
    await using database = await createDatabase(server);
    await database.query("CREATE TABLE a (x int); CREATE TABLE other (x int)");
    const reader = new Client(database.url);
    await reader.connect();
    try {
      await reader.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM other");
      const migrations = writeMigrations(MIGRATIONS);
      const running = Array.from({ length: WAITERS + 1 }, () => startServer(library.path, database.url, migrations));
      await expect.poll(() => database.query(WAITING), { timeout: 60_000 }).toEqual([{ builds: 1, servers: true }]);
      // The reader stays for the time in which a waiter that blocked would be in a deadlock (deadlock_timeout is 1 s).
      await reader.query("SELECT pg_sleep(2)");
      expect(await database.query(WAITING)).toEqual([{ builds: 1, servers: true }]);
      await reader.query("COMMIT");
      const ended = await Promise.all(running.map(({ ended: end }) => end));
      expect(ended.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    } finally {
      await reader.end();
    }
    expect(await database.query("SELECT indisvalid FROM pg_index WHERE indrelid = 'a'::regclass")).toEqual([
      { indisvalid: true },
    ]);
    expect(await database.query("SELECT x FROM a")).toEqual([{ x: 1 }]);
  });

  test("CONCURRENTLY waits 5 s for a snapshot of another session, says whose it is, and finishes", async () => {
    await using database = await createDatabase(server);
    await database.query("CREATE TABLE a (x int); CREATE TABLE other (x int)");
    const reader = new Client({ connectionString: database.url, application_name: "nightly report" });
    await reader.connect();
    const events: GanderEvent[] = [];
    try {
      const { rows } = await reader.query("SELECT pg_backend_pid() AS pid");
      await reader.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM other");
      await using migrator = createMigrator({
        database: database.url,
        migrations: [{ name: "2_b.sql", text: MIGRATIONS["2_b.sql"] }],
        lockTimeout: 200,
        onEvent: (event) => events.push(event),
      });
      const run = migrator.up();
      await reader.query("SELECT pg_sleep(5)");
      expect(await database.query(INVALID)).toEqual([{ n: 1 }]);
      await reader.query("COMMIT");
      expect((await run).steps).toHaveLength(1);
      const waits = events.filter((event) => event.type === "statement-wait");
      expect(waits.length).toBeGreaterThan(0);
      // Not every second the same.
      expect(waits.length).toBeLessThan(4);
      for (const wait of waits) {
        expect(wait).toMatchObject({
          version: 2n,
          statement: 1,
          holders: [{ backendId: rows[0]?.pid, applicationName: "nightly report", query: "SELECT pg_sleep(5)" }],
        });
      }
      expect(events.filter(({ type }) => type === "step-retry")).toEqual([]);
    } finally {
      await reader.end();
    }
    expect(await database.query(INVALID)).toEqual([{ n: 0 }]);
    expect(await database.query("SELECT indisvalid FROM pg_index WHERE indrelid = 'a'::regclass")).toEqual([
      { indisvalid: true },
    ]);
  });

  test.each([
    ["in a transaction", "-- +goose Up\nSELECT pg_advisory_lock(7);\n", { step: 2, steps: 2 }],
    [
      "outside a transaction",
      "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE c ();\nSELECT pg_advisory_lock(7);\n",
      { step: 2, steps: 2 },
    ],
  ])("who waits sees who is at work, where, since when and at what: %s", async (_, text, place) => {
    await using database = await createDatabase(server);
    await database.query("SELECT pg_advisory_lock(7)");
    const migrations = [
      { name: "1_a.sql", text: "-- +goose Up\nCREATE TABLE a (x int);\n" },
      { name: "20250101000000_slow.sql", text },
    ];
    await using worker = createMigrator({ database: database.url, migrations, lockTimeout: 0 });
    const run = worker.up();
    await expect
      .poll(() => database.query("SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 7 AND NOT granted"))
      .toHaveLength(1);
    const waits: GanderEvent[] = [];
    await using waiter = createMigrator({
      database: database.url,
      migrations,
      wait: 500,
      onEvent: (event) => event.type === "lock-wait" && waits.push(event),
    });
    const error = (await waiter.up().catch((caught: unknown) => caught)) as LockTimeoutError;
    await database.query("SELECT pg_advisory_unlock(7)");
    await run;
    const holder = {
      backendId: expect.any(Number),
      host: hostname(),
      processId: process.pid,
      applicationName: expect.stringMatching(/^gander up 2\/2 20250101000000/),
      since: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      migration: { direction: "up", version: 20250101000000n, ...place },
    };
    expect(waits[0]).toMatchObject({ type: "lock-wait", holder });
    expect(error).toMatchObject({ code: "GANDER_LOCK_TIMEOUT", lock: "run", holders: [holder] });
    expect(error.message).toContain(`process ${process.pid} on ${hostname()}`);
    expect(error.message).toContain("(2 of 2)");
  });
});

const INVALID = "SELECT count(*)::int AS n FROM pg_index WHERE NOT indisvalid";

/** The index that is being built, and all servers connected; the test's own two sessions do not count, nor does an onlooker. */
const WAITING = `SELECT count(*) FILTER (WHERE query LIKE 'CREATE INDEX%' AND state = 'active')::int AS builds,
  count(*) - 2 >= 6 AS servers FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'`;
