import { describe, expect, test } from "vitest";
import type { GanderError, MigrationFailedError, Migrator } from "../../src/index.ts";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";
import { migratorFor } from "./fixtures.ts";

const HEAD = "-- +goose NO TRANSACTION\n-- +goose Up\n";

type Failed = Pick<GanderError, "code" | "message" | "hint"> & Pick<MigrationFailedError, "failure">;

async function failed(run: Promise<unknown>): Promise<Failed> {
  return (await run.then(
    () => expect.fail("it went through"),
    (error: unknown) => error,
  )) as Failed;
}

async function stateOf(migrator: Migrator, version: bigint): Promise<string | undefined> {
  return (await migrator.status()).versions.find((one) => one.version === version)?.state;
}

describe.each(servers())("a rollback that stopped half way, on PostgreSQL $major", (server) => {
  const FILES = {
    "1_a.sql": `${HEAD}CREATE TABLE a ();\nCREATE TABLE b ();\n-- +goose Down\nDROP TABLE b;\nDROP TABLE late;\nDROP TABLE a;\n`,
    "2_b.sql": "CREATE TABLE second ();",
  };

  async function stopHalfWay(database: TestDatabase): Promise<Migrator> {
    const migrator = migratorFor(database.url, FILES);
    await migrator.up({ to: 1n });
    await failed(migrator.down());
    return migrator;
  }

  test("down finishes it", async () => {
    await using database = await createDatabase(server);
    await using migrator = await stopHalfWay(database);
    const refused = await failed(migrator.down());
    expect(refused.hint).toMatch(/gander repair 1 .*\n {2}gander down .*\n/);
    await database.query("CREATE TABLE late ()");
    expect((await migrator.repair()).direction).toBe("down");
    expect((await migrator.down()).steps.map(({ version }) => version)).toEqual([1n]);
    expect(await stateOf(migrator, 1n)).toBe("pending");
  });

  test("up finishes it and applies the version again", async () => {
    await using database = await createDatabase(server);
    await using migrator = await stopHalfWay(database);
    await database.query("CREATE TABLE late ()");
    await migrator.repair();
    const { steps } = await migrator.up();
    expect(steps.map(({ version, direction }) => `${direction} ${version}`)).toEqual(["down 1", "up 1", "up 2"]);
  });

  test("a Down that is changed where it has run goes on with the text that ran; up refuses", async () => {
    await using database = await createDatabase(server);
    await using migrator = await stopHalfWay(database);
    const text = FILES["1_a.sql"].replace("DROP TABLE b;", "DROP TABLE IF EXISTS b;");
    await using changed = migratorFor(database.url, { "1_a.sql": text.replace("DROP TABLE a;", "SELECT 1/0;") });
    expect((await changed.repair()).file).toBe("changed");
    const refused = await failed(changed.up());
    expect([refused.message, refused.hint]).toEqual([
      expect.stringMatching(/statement 1 that ran was changed/),
      expect.stringMatching(/\n {2}gander down\n/),
    ]);
    await database.query("CREATE TABLE late ()");
    expect((await changed.down()).warnings.map(({ kind }) => kind)).toEqual(["changed"]);
    expect(await stateOf(migrator, 1n)).toBe("pending");
  });

  test("a Down that is mended from the failed statement on goes on as the file has it now", async () => {
    await using database = await createDatabase(server);
    await using migrator = await stopHalfWay(database);
    const text = FILES["1_a.sql"].replace("DROP TABLE late;", "CREATE TABLE mended ();");
    await using mended = migratorFor(database.url, { "1_a.sql": text });
    expect((await mended.repair()).file).toBe("rest-changed");
    await mended.down();
    expect(await database.query("SELECT to_regclass('mended')::text AS found, to_regclass('a') AS a")).toEqual([
      { found: "mended", a: null },
    ]);
    expect(await stateOf(migrator, 1n)).toBe("pending");
  });

  test("a rollback whose file is gone goes on with the text that the history keeps", async () => {
    await using database = await createDatabase(server);
    await using migrator = await stopHalfWay(database);
    await database.query("CREATE TABLE late ()");
    await using without = migratorFor(database.url, { "2_b.sql": "SELECT 1;" });
    expect((await without.repair()).file).toBe("gone");
    expect((await without.down()).steps.map(({ version }) => version)).toEqual([1n]);
    expect(await stateOf(migrator, 1n)).toBe("pending");
  });

  test("a version that was adopted without a text goes on as well: the row keeps what its Down ran", async () => {
    await using database = await createDatabase(server);
    await using migrator = migratorFor(database.url, FILES);
    await migrator.up({ to: 1n });
    await database.query("UPDATE schema_migrations SET checksum = NULL, migration_text = NULL");
    await failed(migrator.down());
    await database.query("CREATE TABLE late ()");
    expect(await migrator.repair()).toMatchObject({ file: "same", firstStatement: 2 });
    await migrator.down();
    expect(await stateOf(migrator, 1n)).toBe("pending");
  });

  test("down does not go past a version that is half applied", async () => {
    await using database = await createDatabase(server);
    await using migrator = migratorFor(database.url, {
      "1_a.sql": "CREATE TABLE a ();",
      "2_b.sql": `${HEAD}CREATE TABLE b ();\nSELECT * FROM late;\n`,
    });
    await failed(migrator.up());
    await migrator.repair();
    expect((await failed(migrator.down())).code).toBe("GANDER_HISTORY_DIRTY");
  });
});
