import type { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LAYOUT } from "../../src/history/layout.ts";
import type { Migrator } from "../../src/index.ts";
import { createDatabase, urlOf } from "../support/create-database.ts";
import { createPGlite } from "../support/create-pglite.ts";
import { servers } from "../support/server-list.ts";
import { migratorFor } from "./fixtures.ts";
import { describeLayout, makeLayout1, type Query } from "./layouts.ts";

const OLD = {
  "1_a.sql": ["CREATE TABLE a (x int);", "DROP TABLE a;"],
  "2_b.sql": ["CREATE TABLE b (x int);", "DROP TABLE b;"],
} as const;
const NEW = { ...OLD, "3_c.sql": ["CREATE TABLE c (x int);", "DROP TABLE c;"] } as const;
const AS_IT_WAS = { layouts: ["1", "1"], leases: false, upgrades: null };
const UPGRADED = { layouts: [`${LAYOUT}`, `${LAYOUT}`], leases: true, upgrades: [`layout 1 to ${LAYOUT}`] };

/** A statement that fails outside a transaction, after one that does not. */
const HALF =
  "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE h (x int);\nSELECT 1 / 0;\n-- +goose Down\nDROP TABLE h;\n";

type Work = (migrator: Migrator) => Promise<unknown>;
const writing: readonly (readonly [string, Record<string, string | readonly [string, string]>, Work])[] = [
  ["up", NEW, (migrator) => migrator.up()],
  ["down", OLD, (migrator) => migrator.down()],
  ["redo", OLD, (migrator) => migrator.redo()],
  ["reset", OLD, (migrator) => migrator.reset()],
  ["accept", { ...OLD, "2_b.sql": ["CREATE TABLE b (x bigint);", "DROP TABLE b;"] }, (migrator) => migrator.accept(2n)],
];

describe.each(servers())("a history of layout 1 on PostgreSQL $major", (server) => {
  test.each(writing)("is upgraded by %s, once, with its rows", async (_, files, work) => {
    await using database = await createDatabase(server);
    await using old = migratorFor(database.url, OLD);
    await old.up();
    await makeLayout1(database.query);
    await using migrator = migratorFor(database.url, files);
    await work(migrator);
    expect(await describeLayout(database.query)).toEqual(UPGRADED);
    expect(migrator.events).toContainEqual({
      type: "history-upgraded",
      table: "public.schema_migrations",
      from: 1,
      to: LAYOUT,
    });
    await migrator.up();
    expect(await describeLayout(database.query)).toEqual(UPGRADED);
    const { versions } = await migrator.status();
    expect(versions.map(({ state, changed }) => [state, changed])).toEqual(versions.map(() => ["applied", false]));
    expect((await migrator.reset()).steps).toHaveLength(versions.length);
  });

  test("is upgraded by repair, and the migration that stopped half way goes on", async () => {
    await using database = await createDatabase(server);
    await using failing = migratorFor(database.url, { ...OLD, "3_h.sql": HALF });
    await expect(failing.up()).rejects.toMatchObject({ code: "GANDER_MIGRATION_FAILED" });
    await makeLayout1(database.query);
    await using migrator = migratorFor(database.url, { ...OLD, "3_h.sql": HALF.replace("1 / 0", "1") });
    await expect(migrator.up()).rejects.toMatchObject({ code: "GANDER_HISTORY_DIRTY" });
    await expect(migrator.repair({ confirm: async () => false })).rejects.toThrow("not confirmed");
    expect(await describeLayout(database.query)).toEqual(AS_IT_WAS);
    await migrator.repair();
    expect(await describeLayout(database.query)).toEqual(UPGRADED);
    expect((await migrator.up()).steps).toMatchObject([{ version: 3n }]);
  });

  test("stays as it is where nothing is written", async () => {
    await using database = await createDatabase(server);
    await using migrator = migratorFor(database.url, OLD);
    await migrator.up();
    await makeLayout1(database.query);
    expect((await migrator.up()).steps).toHaveLength(0);
    expect(await migrator.version()).toBe(2n);
    await using newer = migratorFor(database.url, NEW);
    expect((await newer.plan()).steps).toHaveLength(1);
    expect((await newer.plan({ direction: "down" })).steps).toHaveLength(1);
    const { versions } = await newer.status();
    expect(versions.map(({ state, row }) => [state, row?.leaseUntil])).toEqual([
      ["applied", undefined],
      ["applied", undefined],
      ["pending", undefined],
    ]);
    expect(await describeLayout(database.query)).toEqual(AS_IT_WAS);
  });

  test("is upgraded once by many at once", async () => {
    await using database = await createDatabase(server);
    await using old = migratorFor(database.url, OLD);
    await old.up();
    await makeLayout1(database.query);
    const migrators = Array.from({ length: 8 }, () => migratorFor(database.url, NEW));
    const runs = await Promise.all(migrators.map((migrator) => migrator.up()));
    expect(runs.flatMap(({ steps }) => steps)).toHaveLength(1);
    expect(await describeLayout(database.query)).toEqual(UPGRADED);
    await Promise.all(migrators.map((migrator) => migrator.close()));
  });

  test("that this role may not change: nothing happens, and the statements printed are all that is needed", async () => {
    await using database = await createDatabase(server);
    await using old = migratorFor(database.url, OLD);
    await old.up();
    await makeLayout1(database.query);
    const role = `${database.name}_clerk`;
    await database.query(`CREATE ROLE ${role} LOGIN PASSWORD 'clerk';
      GRANT USAGE, CREATE ON SCHEMA public TO ${role};
      GRANT SELECT, INSERT, UPDATE, DELETE ON schema_migrations, schema_migrations_log TO ${role}`);
    try {
      await using migrator = migratorFor(urlOf(server, database.name, role, "clerk"), NEW);
      const error = await migrator.up().catch((thrown: unknown) => thrown as { hint: string });
      expect(error).toMatchObject({
        code: "GANDER_CONFIG",
        message: expect.stringContaining(`layout 1 and needs ${LAYOUT}`),
      });
      expect(await describeLayout(database.query)).toEqual(AS_IT_WAS);
      expect(await database.query("SELECT to_regclass('c') AS c")).toEqual([{ c: null }]);
      const { hint } = error as { hint: string };
      await database.query(hint.split("\n").slice(1).join("\n"));
      expect((await migrator.up()).steps).toHaveLength(1);
      expect(await describeLayout(database.query)).toEqual({ ...UPGRADED, upgrades: null });
    } finally {
      await database.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });

  test("that is in use is not waited for with a lock: it is tried again, then told, and nothing has happened", async () => {
    await using database = await createDatabase(server);
    await using old = migratorFor(database.url, OLD);
    await old.up();
    await makeLayout1(database.query);
    await database.query("BEGIN; SELECT FROM schema_migrations");
    await using hasty = migratorFor(database.url, NEW, { lockTimeout: 50, lockRetry: 0 });
    await expect(hasty.up()).rejects.toMatchObject({
      code: "GANDER_LOCK_TIMEOUT",
      lock: "table",
      holders: [{ state: "idle in transaction", query: "BEGIN; SELECT FROM schema_migrations" }],
    });
    expect(await describeLayout(database.query)).toEqual(AS_IT_WAS);
    let release: () => void = () => undefined;
    const waits = new Promise<void>((resolve) => (release = resolve));
    await using migrator = migratorFor(database.url, NEW, {
      lockTimeout: 50,
      onEvent: (event) => event.type === "lock-wait" && event.lock === "history" && event.holder && release(),
    });
    const run = migrator.up();
    await waits;
    await database.query("COMMIT");
    expect((await run).steps).toHaveLength(1);
    expect(await describeLayout(database.query)).toEqual(UPGRADED);
  });
});

describe("a history of layout 1 on PGlite", () => {
  let database: PGlite;
  let query: Query;
  beforeAll(async () => {
    database = await createPGlite();
    query = async (sql) => (await database.exec(sql)).at(-1)?.rows ?? [];
  });
  afterAll(() => database.close());

  test.each(writing)("is upgraded by %s", async (_, files, work) => {
    await database.exec("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    await using old = migratorFor(database, OLD);
    await old.up();
    await makeLayout1(query);
    expect((await old.up()).steps).toHaveLength(0);
    expect(await describeLayout(query)).toEqual(AS_IT_WAS);
    await using migrator = migratorFor(database, files);
    await work(migrator);
    expect(await describeLayout(query)).toEqual(UPGRADED);
    expect((await migrator.up()).steps.length).toBeLessThan(3);
  });
});
