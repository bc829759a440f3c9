import { describe, expect, test } from "vitest";
import { type HistoryError, migrateOnStart } from "../../src/index.ts";
import { createDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";
import { bundle, migratorFor } from "./fixtures.ts";

const OLD = { "1_a.sql": ["CREATE TABLE a ();", "DROP TABLE a;"] } as const;
const NEW = { ...OLD, "2_b.sql": ["CREATE TABLE b ();", "DROP TABLE b;"] } as const;
const TABLES = "SELECT relname FROM pg_class WHERE relname IN ('a', 'b', 'c') ORDER BY relname";

describe.each(servers())("the way back, on PostgreSQL $major", (server) => {
  test("an older image rolls back what a newer one applied, with the Down that the history keeps", async () => {
    await using database = await createDatabase(server);
    await using newer = migratorFor(database.url, NEW);
    await newer.up();
    await using older = migratorFor(database.url, OLD);
    expect((await older.up()).steps).toEqual([]);
    expect((await older.plan({ direction: "down" })).steps.map(({ migration }) => migration.version)).toEqual([2n]);
    const { steps, warnings } = await older.down();
    expect(steps.map(({ version }) => version)).toEqual([2n]);
    expect(warnings).toMatchObject([{ kind: "no-file", version: 2n }]);
    expect(await database.query(TABLES)).toEqual([{ relname: "a" }]);
    expect((await older.reset()).steps.map(({ version }) => version)).toEqual([1n]);
  });

  test("a file that has changed since: the Down of what was applied runs, and it is said", async () => {
    await using database = await createDatabase(server);
    await using before = migratorFor(database.url, NEW);
    await before.up();
    await using after = migratorFor(database.url, {
      ...OLD,
      "2_b.sql": ["CREATE TABLE b (x int);", "DROP TABLE nothing;"],
    });
    const { warnings } = await after.down();
    expect(warnings).toMatchObject([{ kind: "changed", version: 2n }]);
    expect(await database.query(TABLES)).toEqual([{ relname: "a" }]);
  });

  test("a kept text that is not what the log says ran is not run", async () => {
    await using database = await createDatabase(server);
    await using newer = migratorFor(database.url, NEW);
    await newer.up();
    await database.query(
      "UPDATE schema_migrations SET migration_text = replace(migration_text, 'DROP TABLE b', 'DROP TABLE a') WHERE version_id = 2",
    );
    await using older = migratorFor(database.url, OLD);
    await expect(older.down()).rejects.toMatchObject({ code: "GANDER_HISTORY_ALTERED", versions: [2n] });
    expect(await database.query(TABLES)).toEqual([{ relname: "a" }, { relname: "b" }]);
    // With the right file nothing of the history's text is needed.
    expect((await newer.down()).steps.map(({ version }) => version)).toEqual([2n]);
  });

  test("what was rolled back is held: a server that restarts does not apply it again, a person or a mended file does", async () => {
    await using database = await createDatabase(server);
    const start = (files: Parameters<typeof bundle>[0]) =>
      migrateOnStart({ database: database.url, migrations: bundle(files) });
    await start(NEW);
    await using older = migratorFor(database.url, OLD);
    await older.down();
    expect((await start(OLD)).steps).toEqual([]);
    const error = (await start(NEW).catch((caught: unknown) => caught)) as HistoryError;
    expect(error).toMatchObject({ code: "GANDER_HISTORY_HELD", versions: [2n] });
    expect(error.message).toMatch(
      /2_b\.sql is held: it was rolled back on \d{4}-\d\d-\d\dT.* by \w+ \(process \d+ on /,
    );
    expect((await start({ ...OLD, "2_b.sql": ["CREATE TABLE b (x int);", "DROP TABLE b;"] })).steps).toHaveLength(1);
    await older.down();
    await using newer = migratorFor(database.url, NEW);
    expect((await newer.up()).steps).toHaveLength(1);
    // Applied again, and started again.
    expect((await start(NEW)).steps).toEqual([]);
  });

  test("guards for a server that must not run on the wrong schema", async () => {
    await using database = await createDatabase(server);
    const start = (files: Parameters<typeof bundle>[0], guards: { minVersion?: bigint; maxVersion?: bigint }) =>
      migrateOnStart({ database: database.url, migrations: bundle(files), ...guards });
    await expect(start(OLD, { minVersion: 2n })).rejects.toMatchObject({ code: "GANDER_HISTORY_OUT_OF_RANGE" });
    await start(NEW, { minVersion: 2n, maxVersion: 2n });
    const more = { ...OLD, "3_c.sql": ["CREATE TABLE c ();", "DROP TABLE c;"] } as const;
    await expect(start(more, { maxVersion: 1n })).rejects.toMatchObject({ code: "GANDER_HISTORY_OUT_OF_RANGE" });
    expect(await database.query(TABLES)).toEqual([{ relname: "a" }, { relname: "b" }]);
  });

  test("a changed file is refused with a diff of what has changed", async () => {
    await using database = await createDatabase(server);
    await using before = migratorFor(database.url, {
      "1_a.sql": "CREATE TABLE a (\n  x int,\n  y text DEFAULT 'old'\n);",
    });
    await before.up();
    await using after = migratorFor(database.url, {
      "1_a.sql": "CREATE TABLE a (\n  x int,\n  y text DEFAULT 'new'\n);",
    });
    const error = (await after.up().catch((caught: unknown) => caught)) as HistoryError;
    expect(error).toMatchObject({ code: "GANDER_HISTORY_CHANGED", versions: [1n] });
    expect(error.message).toMatch(/^-  y text DEFAULT 'old'$/m);
    expect(error.message).toMatch(/^\+  y text DEFAULT 'new'$/m);
    await expect(after.plan()).rejects.toMatchObject({ message: error.message });
    await after.accept(1n);
    expect((await after.up()).steps).toEqual([]);
  });
});
