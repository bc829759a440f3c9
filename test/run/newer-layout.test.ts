import type { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Migrator, MigratorOptions } from "../../src/index.ts";
import { LAYOUT } from "../../src/history/layout.ts";
import { lockKey } from "../../src/run/lock/run-lock.ts";
import { createDatabase } from "../support/create-database.ts";
import { createPGlite } from "../support/create-pglite.ts";
import { servers } from "../support/server-list.ts";
import { migratorFor } from "./fixtures.ts";
import { makeNextLayout, type Query } from "./layouts.ts";

const FILES = {
  "1_a.sql": ["CREATE TABLE a (x int);", "DROP TABLE a;"],
  "2_b.sql": ["CREATE TABLE b (x int);", "DROP TABLE b;"],
} as const;
const MORE = { ...FILES, "3_c.sql": ["CREATE TABLE c (x int);", "DROP TABLE c;"] } as const;
const NEWER = {
  code: "GANDER_HISTORY_NEWER",
  message: expect.stringContaining(`layout ${LAYOUT + 1}; this one knows ${LAYOUT}`),
};

type Work = (migrator: Migrator) => Promise<unknown>;
const writing: readonly (readonly [string, Work])[] = [
  ["up", (migrator) => migrator.up()],
  ["down", (migrator) => migrator.down()],
  ["down to 0", (migrator) => migrator.down({ to: 0n })],
  ["redo", (migrator) => migrator.redo()],
  ["reset", (migrator) => migrator.reset()],
  ["repair", (migrator) => migrator.repair()],
  ["repair of a version", (migrator) => migrator.repair({ version: 2n, mark: "applied" })],
  ["accept", (migrator) => migrator.accept(2n)],
];

/** All that is in the database and could have been touched. */
async function everything(query: Query): Promise<unknown> {
  return [
    await query("SELECT * FROM schema_migrations ORDER BY version_id"),
    await query("SELECT * FROM schema_migrations_log ORDER BY id"),
    await query("SELECT relname, relnatts FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY relname"),
  ];
}

async function testLooking(database: MigratorOptions["database"], query: Query): Promise<void> {
  await using migrator = migratorFor(database, FILES);
  await migrator.up();
  await makeNextLayout(query);
  const before = await everything(query);
  expect((await migrator.up()).steps).toEqual([]);
  await using commented = migratorFor(database, {
    ...FILES,
    "2_b.sql": ["CREATE TABLE b (x int); -- b", "DROP TABLE b;"],
  });
  expect((await commented.up()).steps).toEqual([]);
  await using more = migratorFor(database, MORE);
  expect(await more.version()).toBe(2n);
  expect((await more.status()).versions.map(({ state }) => state)).toEqual(["applied", "applied", "pending"]);
  const plan = await more.plan();
  expect(plan.steps).toHaveLength(1);
  expect(await more.renderPlan(plan)).toMatch("CREATE TABLE c");
  expect((await more.plan({ direction: "down" })).steps).toHaveLength(1);
  for (const [, work] of writing) await expect(work(more)).rejects.toMatchObject(NEWER);
  expect(await everything(query)).toEqual(before);
}

async function testUnknownState(database: MigratorOptions["database"], query: Query, dirty: boolean): Promise<void> {
  await using migrator = migratorFor(database, FILES);
  await migrator.up();
  await makeNextLayout(query);
  await query(`UPDATE schema_migrations SET state = 'paused', is_dirty = ${dirty} WHERE version_id = 2`);
  const before = await everything(query);
  const { version, versions } = await migrator.status();
  expect([version, versions.map(({ state, row }) => [state, row?.state])]).toEqual([
    1n,
    [
      ["applied", "applied"],
      ["dirty", "newer"],
    ],
  ]);
  for (const [, work] of writing) await expect(work(migrator)).rejects.toMatchObject(NEWER);
  await expect(migrator.plan()).rejects.toMatchObject({
    code: "GANDER_HISTORY_DIRTY",
    message: expect.stringMatching(/a newer gander/),
    hint: expect.not.stringMatching(/repair/),
  });
  expect(await everything(query)).toEqual(before);
}

describe.each(servers())("a history of a layout to come on PostgreSQL $major", (server) => {
  test("is looked at, served from where nothing is pending, and never written", async () => {
    await using database = await createDatabase(server);
    await testLooking(database.url, database.query);
  });

  test.each([true, false])("a state to come counts as dirty, with is_dirty %s", async (dirty) => {
    await using database = await createDatabase(server);
    await testUnknownState(database.url, database.query, dirty);
  });

  test("is served from when a newer gander at work has finished", async () => {
    await using database = await createDatabase(server);
    await using first = migratorFor(database.url, FILES);
    await first.up();
    await makeNextLayout(database.query);
    await database.query(`INSERT INTO schema_migrations (version_id, is_dirty, "timestamp", name, sequence, state, direction,
        statements, statements_done, backend_pid, backend_start, source)
      SELECT 3, true, now(), '3_c.sql', 3, 'running', 'up', 1, 0, pid, backend_start, 'gander'
      FROM pg_stat_activity WHERE pid = pg_backend_pid()`);
    let tell: () => void = () => undefined;
    const waits = new Promise<void>((resolve) => (tell = resolve));
    await using migrator = migratorFor(database.url, FILES, { onEvent: ({ type }) => type === "lock-wait" && tell() });
    const run = migrator.up();
    await waits;
    await database.query("UPDATE schema_migrations SET is_dirty = false, state = 'applied' WHERE version_id = 3");
    expect((await run).steps).toEqual([]);
  });

  test("a newer gander that came first, while this one waited: nothing of ours runs", async () => {
    await using database = await createDatabase(server);
    await using first = migratorFor(database.url, FILES);
    await first.up();
    const key = lockKey({ schema: "public", name: "schema_migrations" });
    await database.query(`SELECT pg_advisory_lock(${key})`);
    let tell: () => void = () => undefined;
    const waits = new Promise<void>((resolve) => (tell = resolve));
    await using migrator = migratorFor(database.url, MORE, { onEvent: ({ type }) => type === "lock-wait" && tell() });
    const run = migrator.up();
    run.catch(() => undefined);
    await waits;
    await makeNextLayout(database.query);
    const before = await everything(database.query);
    await database.query(`SELECT pg_advisory_unlock(${key})`);
    await expect(run).rejects.toMatchObject(NEWER);
    expect(await everything(database.query)).toEqual(before);
  });
});

describe("a history of a layout to come on PGlite", () => {
  let database: PGlite;
  let query: Query;
  beforeAll(async () => {
    database = await createPGlite();
    query = async (sql) => (await database.exec(sql)).at(-1)?.rows ?? [];
  });
  afterAll(() => database.close());

  test("is looked at, served from where nothing is pending, and never written", async () => {
    await testLooking(database, query);
  });

  test.each([true, false])("a state to come counts as dirty, with is_dirty %s", async (dirty) => {
    await database.exec("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    await testUnknownState(database, query, dirty);
  });
});
