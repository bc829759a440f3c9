import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMigrator, type GanderEvent } from "../../src/index.ts";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import { newestServer } from "../support/server-list.ts";
import { hasPgbouncer, type Pooler, startPooler } from "./pgbouncer.ts";

const OUTSIDE = `-- +goose NO TRANSACTION
-- +goose Up
INSERT INTO ran SELECT 'a' FROM (SELECT pg_sleep(1)) AS pause;
CREATE INDEX CONCURRENTLY ran_what ON ran (what);
INSERT INTO ran VALUES ('b');
VACUUM ran;
INSERT INTO ran VALUES ('c');
`;
const migrations = [
  { name: "1_a.sql", text: "-- +goose Up\nCREATE TABLE ran (what text);\n" },
  { name: "2_b.sql", text: OUTSIDE },
  { name: "3_c.sql", text: "-- +goose Up\nINSERT INTO ran VALUES ('d');\n" },
];

async function expectAllOnce(database: TestDatabase): Promise<void> {
  const rows = await database.query<{ what: string }>("SELECT what FROM ran ORDER BY what");
  expect(rows.map(({ what }) => what)).toEqual(["a", "b", "c", "d"]);
  expect(
    await database.query("SELECT version_id::int AS v FROM schema_migrations_log WHERE event = 'applied' ORDER BY id"),
  ).toEqual([{ v: 1 }, { v: 2 }, { v: 3 }]);
  expect(await database.query("SELECT count(*)::int AS n FROM schema_migrations WHERE is_dirty")).toEqual([{ n: 0 }]);
  expect(await database.query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ran_what'::regclass")).toEqual([
    { indisvalid: true },
  ]);
}

function migratorFor(database: string | pg.Pool, events: GanderEvent[] = []) {
  return createMigrator({ database, migrations, onEvent: (event) => events.push(event) });
}

const END_GUARD = `SELECT count(pg_terminate_backend(pid))::int AS n FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = 'gander run lock'`;
const waits = (event: string) => `SELECT count(*)::int AS n FROM pg_stat_activity
  WHERE datname = current_database() AND ${event}`;

describe.runIf(hasPgbouncer)("what stands for a run through PgBouncer outside a transaction", () => {
  const server = newestServer();
  let several: Pooler;
  let one: Pooler;
  beforeAll(async () => {
    several = await startPooler(server, 5);
    one = await startPooler(server, 1);
  });
  afterAll(async () => {
    await several[Symbol.asyncDispose]();
    await one[Symbol.asyncDispose]();
  });

  test.each([
    ["through it alone", 0],
    ["and past it", 2],
  ])("a lease, where the pooler has one server connection to give: any number of servers, %s", async (_, direct) => {
    await using database = await createDatabase(server);
    const urls = [one.url(database.name), one.url(database.name), one.url(database.name)];
    const all = [...urls, ...Array.from({ length: direct }, () => database.url)].map((url) => migratorFor(url));
    await Promise.all(all.map((migrator) => migrator.up()));
    await Promise.all(all.map((migrator) => migrator.close()));
    await expectAllOnce(database);
  });

  test("a pooler that lets nobody wait long for its only connection is waited for all the same", async () => {
    await using impatient = await startPooler(server, 1, "query_wait_timeout = 1");
    await using database = await createDatabase(server);
    const long = [
      { name: "1_a.sql", text: "-- +goose Up\nCREATE TABLE ran (what text);\nSELECT pg_sleep(4);\n" },
      ...migrations.slice(1),
      { name: "4_d.sql", text: "-- +goose NO TRANSACTION\n-- +goose Up\nSELECT pg_sleep(4);\nVACUUM ran;\n" },
    ];
    const all = [1, 2, 3].map(() => createMigrator({ database: impatient.url(database.name), migrations: long }));
    const results = await Promise.all(all.map((migrator) => migrator.up()));
    await Promise.all(all.map((migrator) => migrator.close()));
    expect(results.flatMap(({ steps }) => steps.map(({ version }) => version)).toSorted()).toEqual([1n, 2n, 3n, 4n]);
  });

  test("a lease, where the application's Pool has one connection", async () => {
    await using database = await createDatabase(server);
    const pool = new pg.Pool({ connectionString: several.url(database.name), max: 1 });
    pool.on("error", () => {});
    try {
      await using migrator = migratorFor(pool);
      expect((await migrator.up()).steps).toHaveLength(3);
      await expectAllOnce(database);
    } finally {
      await pool.end();
    }
  });

  test("a guard that is lost is noticed before the next statement, and the run goes on from there", async () => {
    await using database = await createDatabase(server);
    const events: GanderEvent[] = [];
    await using migrator = migratorFor(several.url(database.name), events);
    const running = migrator.up();
    await expect.poll(() => database.query(waits("wait_event = 'PgSleep'")), { timeout: 30_000 }).toEqual([{ n: 1 }]);
    expect(await database.query(END_GUARD)).toEqual([{ n: 1 }]);
    const { steps } = await running;
    expect(steps.map(({ version }) => version)).toEqual([1n, 2n, 3n]);
    expect(events.find(({ type }) => type === "connection-lost")).toMatchObject({ message: /holds the run lock/ });
    await expectAllOnce(database);
  });

  test("nobody takes over while the server is at work on a statement, even where the guard is lost", async () => {
    await using database = await createDatabase(server);
    const blocker = new pg.Client(database.url);
    await blocker.connect();
    await using first = migratorFor(several.url(database.name));
    await first.up({ to: 1n });
    await blocker.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM ran");
    const running = first.up();
    const builds = waits(
      "query LIKE '%CREATE INDEX CONCURRENTLY%' AND wait_event = 'virtualxid' AND pid <> pg_backend_pid()",
    );
    await expect.poll(() => database.query(builds), { timeout: 30_000 }).toEqual([{ n: 1 }]);
    await database.query(END_GUARD);
    const [index] = await database.query<{ oid: number }>("SELECT oid FROM pg_class WHERE relname = 'ran_what'");
    const told: GanderEvent[] = [];
    await using second = migratorFor(database.url, told);
    const waiting = second.up();
    // Longer than the lease of the guard: only the statement that is under way speaks for the first one.
    await expect
      .poll(() => told.some((event) => event.type === "lock-wait" && event.waitedMs > 6_000), { timeout: 30_000 })
      .toBe(true);
    await blocker.query("COMMIT");
    await blocker.end();
    await Promise.all([running, waiting]);
    await expectAllOnce(database);
    expect(await database.query("SELECT oid FROM pg_class WHERE relname = 'ran_what'")).toEqual([index]);
  });
});
