import { describe, expect, test } from "vitest";
import { MigrationFailedError } from "../../src/index.ts";
import { createDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";
import { migratorFor } from "./fixtures.ts";

const HISTORY = "SELECT version_id::int AS v, is_dirty, state FROM schema_migrations ORDER BY version_id";

describe.each(servers())("promise 1, together or not at all, on PostgreSQL $major", (server) => {
  test("a failed migration leaves nothing but its dirty row, and those before it stay", async () => {
    await using database = await createDatabase(server);
    await using migrator = migratorFor(database.url, {
      "1_a.sql": "CREATE TABLE a (id int);",
      "2_b.sql": "CREATE TABLE b (id int);\n\nINSERT INTO b VALUES (1);\nALTER TABLE nowhere ADD COLUMN x int;",
      "3_c.sql": "CREATE TABLE c (id int);",
    });
    const error = await migrator.up().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(MigrationFailedError);
    const { failure } = error as MigrationFailedError;
    expect([failure.line, failure.column, failure.statementNumber, failure.sqlState]).toEqual([5, 1, 3, "42P01"]);
    expect(failure.applied.map(({ version }) => version)).toEqual([1n]);
    expect(failure.state).toMatch(/rolled back/);
    expect(await database.query(HISTORY)).toEqual([
      { v: 1, is_dirty: false, state: "applied" },
      { v: 2, is_dirty: true, state: "failed" },
    ]);
    expect(
      await database.query("SELECT to_regclass('a')::text AS a, to_regclass('b') AS b, to_regclass('c') AS c"),
    ).toEqual([{ a: "a", b: null, c: null }]);
  });

  test("a mended file goes through, and success clears the dirty row", async () => {
    await using database = await createDatabase(server);
    await using bad = migratorFor(database.url, { "1_a.sql": "SELECT 1/0;" });
    await expect(bad.up()).rejects.toThrow(/division by zero/);
    await using good = migratorFor(database.url, { "1_a.sql": "SELECT 1;" });
    await good.up();
    expect(await database.query(HISTORY)).toEqual([{ v: 1, is_dirty: false, state: "applied" }]);
  });

  test("a constraint that fails at COMMIT takes the history row with it", async () => {
    await using database = await createDatabase(server);
    await using migrator = migratorFor(database.url, {
      "1_a.sql":
        "CREATE TABLE p (id int PRIMARY KEY);\nCREATE TABLE c (p int REFERENCES p DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO c VALUES (7);",
    });
    await expect(migrator.up()).rejects.toThrow(/at commit: .*violates foreign key/);
    expect(await database.query(HISTORY)).toEqual([{ v: 1, is_dirty: true, state: "failed" }]);
  });

  test("a body that rolls back by itself is found out", async () => {
    await using database = await createDatabase(server);
    await using migrator = migratorFor(database.url, {
      "1_a.sql": "CREATE TABLE a (id int);\nROLLBACK;\nCREATE TABLE b (id int);",
    });
    await expect(migrator.up()).rejects.toThrow(/ended its transaction by itself/);
    expect(await database.query("SELECT to_regclass('a') AS a, to_regclass('b') AS b")).toEqual([{ a: null, b: null }]);
  });

  test("a body that commits by itself and fails later is dirty, with what is kept", async () => {
    await using database = await createDatabase(server);
    await using migrator = migratorFor(database.url, {
      "1_a.sql": "CREATE TABLE a (id int);\nCOMMIT;\nCREATE TABLE b (id int);\nSELECT 1/0;",
    });
    const error = (await migrator.up().catch((caught: unknown) => caught)) as MigrationFailedError;
    expect(error.hint).toMatch(/gander repair 1/);
    expect(await database.query(HISTORY)).toEqual([{ v: 1, is_dirty: true, state: "stopped" }]);
    expect(await database.query("SELECT to_regclass('a')::text AS a, to_regclass('b') AS b")).toEqual([
      { a: "a", b: null },
    ]);
  });

  test("outside a transaction the dirty row comes first and the progress with each statement", async () => {
    await using database = await createDatabase(server);
    await database.query("CREATE TABLE seen (what text)");
    await using migrator = migratorFor(database.url, {
      "1_a.sql": `-- +goose NO TRANSACTION
-- +goose Up
INSERT INTO seen SELECT state || ' ' || statements_done || ' ' || is_dirty FROM schema_migrations;
CREATE INDEX CONCURRENTLY seen_what ON seen (what);
INSERT INTO seen SELECT state || ' ' || statements_done || ' ' || is_dirty FROM schema_migrations;`,
    });
    await migrator.up();
    expect(await database.query("SELECT what FROM seen ORDER BY what")).toEqual([
      { what: "running 0 true" },
      { what: "running 2 true" },
    ]);
    expect(await database.query(HISTORY)).toEqual([{ v: 1, is_dirty: false, state: "applied" }]);
  });

  test("a failed Down leaves the version applied and clean, and the log says so", async () => {
    await using database = await createDatabase(server);
    await using migrator = migratorFor(database.url, {
      "1_a.sql": ["CREATE TABLE a (id int);", "DROP TABLE a;\nSELECT 1/0;"],
    });
    await migrator.up();
    await expect(migrator.down()).rejects.toThrow(/division by zero/);
    expect(await database.query(HISTORY)).toEqual([{ v: 1, is_dirty: false, state: "applied" }]);
    expect(await database.query("SELECT event, direction FROM schema_migrations_log ORDER BY id")).toEqual([
      { event: "applied", direction: "up" },
      { event: "failed", direction: "down" },
    ]);
  });

  test("a message that the server cannot parse changes nothing for the migrations that shared it", async () => {
    await using database = await createDatabase(server);
    await using migrator = migratorFor(database.url, {
      "1_a.sql": "CREATE TABLE a (id int);",
      "2_b.sql": "CREATE TABLE b (id int);\nRESTORE TABLE b;",
      "3_c.sql": "CREATE TABLE c (id int);",
    });
    const error = (await migrator.up().catch((caught: unknown) => caught)) as MigrationFailedError;
    expect([error.failure.file, error.failure.line]).toEqual(["2_b.sql", 3]);
    expect(error.hint).toMatch(/There is no statement RESTORE TABLE/);
    expect(await database.query(HISTORY)).toEqual([
      { v: 1, is_dirty: false, state: "applied" },
      { v: 2, is_dirty: true, state: "failed" },
    ]);
  });

  test("another session sees the dirty row and the progress while a statement is under way", async () => {
    await using database = await createDatabase(server);
    await database.query("SELECT pg_advisory_lock(7)");
    await using migrator = migratorFor(database.url, {
      "1_a.sql": "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE a ();\nSELECT pg_advisory_lock(7);\nSELECT 1;",
    });
    const run = migrator.up();
    const waiting = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 7 AND NOT granted";
    while ((await database.query(waiting)).length === 0);
    const row = "SELECT version_id::int AS v, is_dirty, state, statements_done AS done FROM schema_migrations";
    expect(await database.query(row)).toEqual([{ v: 1, is_dirty: true, state: "running", done: 1 }]);
    expect(await database.query("SELECT to_regclass('a')::text AS a")).toEqual([{ a: "a" }]);
    await database.query("SELECT pg_advisory_unlock(7)");
    await run;
    expect(await database.query(row)).toEqual([{ v: 1, is_dirty: false, state: "applied", done: 3 }]);
  });
});
