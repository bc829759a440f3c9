import { describe, expect, test } from "vitest";
import type { HistoryError, Migrator } from "../../src/index.ts";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";
import { migratorFor } from "./fixtures.ts";

const RAN = ["CREATE TABLE a (x int);", "INSERT INTO a VALUES (1);"];
const FAILED = "INSERT INTO late VALUES (1);";
const AFTER = "CREATE TABLE c ();";

function fileOf(...statements: readonly string[]): { "1_a.sql": string } {
  return { "1_a.sql": `-- +goose NO TRANSACTION\n-- +goose Up\n${statements.join("\n")}\n` };
}

/** A database on which the first two statements have run and the third has failed. */
async function stopped(database: TestDatabase): Promise<void> {
  await using migrator = migratorFor(database.url, fileOf(...RAN, FAILED, AFTER));
  await migrator.up().catch(() => undefined);
}

async function refusal(run: Promise<unknown>): Promise<HistoryError> {
  return (await run.then(
    () => expect.fail("it went through"),
    (error: unknown) => error,
  )) as HistoryError;
}

async function dirty(migrator: Migrator): Promise<boolean> {
  return (await migrator.status()).versions[0]?.row?.dirty === true;
}

describe.each(servers())("a file that changed since it stopped half way, on PostgreSQL $major", (server) => {
  test.each([
    ["the failed one is mended", [...RAN, "CREATE TABLE late ();", AFTER], "rest-changed"],
    ["one is put before the failed one", [...RAN, "CREATE TABLE late (x int);", FAILED, AFTER], "rest-changed"],
    ["the failed one and all after it are gone", RAN, "rest-changed"],
    [
      "looks and comments alone differ",
      [`/* new */ CREATE  TABLE a\n(x int);`, RAN[1] ?? "", "INSERT INTO late -- ?\nVALUES (1);", AFTER],
      "same",
    ],
  ])("%s: it goes on at the third statement", async (_, statements, file) => {
    await using database = await createDatabase(server);
    await stopped(database);
    await using migrator = migratorFor(database.url, fileOf(...statements));
    expect(await migrator.repair()).toMatchObject({ file, firstStatement: 3 });
    if (file === "same") await database.query("CREATE TABLE late (x int)");
    await migrator.up();
    expect(await database.query("SELECT x FROM a")).toEqual([{ x: 1 }]);
    expect(await dirty(migrator)).toBe(false);
  });

  test.each([
    ["inserted", ["CREATE TABLE zero ();", ...RAN, FAILED, AFTER], /statement 1 of the file was inserted/],
    ["removed", [RAN[1] ?? "", FAILED, AFTER], /statement 1 that ran was removed/],
    ["changed", [RAN[0] ?? "", "INSERT INTO a VALUES (2);", FAILED, AFTER], /statement 2 that ran was changed/],
  ])("one that has run was %s: repair and up refuse and say which", async (_, statements, message) => {
    await using database = await createDatabase(server);
    await stopped(database);
    await using migrator = migratorFor(database.url, fileOf(...statements));
    const refused = await refusal(migrator.repair());
    expect([refused.code, refused.message]).toEqual(["GANDER_HISTORY_DIRTY", expect.stringMatching(message)]);
    expect(refused.hint).toMatch(
      /SELECT migration_text FROM .*\n.*\n {2}gander repair 1 --mark-applied .*\n {2}gander repair 1 --mark-rolled-back /,
    );
    await database.query("CREATE TABLE late (x int); UPDATE schema_migrations SET state = 'resumable'");
    expect((await refusal(migrator.up())).message).toMatch(message);
    expect((await refusal(migrator.plan())).message).toMatch(message);
    expect(
      await database.query(
        "SELECT to_regclass('c') AS c, to_regclass('zero') AS z, (SELECT count(*)::int FROM late) AS n",
      ),
    ).toEqual([{ c: null, z: null, n: 0 }]);
    expect((await migrator.repair({ mark: "rolled-back" })).file).toBe("changed");
    expect(await dirty(migrator)).toBe(false);
  });

  test("the text that ran, put back as the history has it, goes on", async () => {
    await using database = await createDatabase(server);
    await stopped(database);
    await using changed = migratorFor(database.url, fileOf("SELECT 1;", FAILED));
    const { hint = "" } = await refusal(changed.repair());
    const query = hint.split("\n").find((line) => /^ {2}SELECT/.test(line)) ?? "";
    const [row] = await database.query<{ migration_text: string }>(query);
    await using restored = migratorFor(database.url, { "1_a.sql": row?.migration_text ?? "" });
    await restored.repair();
    await database.query("CREATE TABLE late (x int)");
    await restored.up();
    expect(await dirty(restored)).toBe(false);
  });

  test("a mended file takes the INVALID index of the text that ran along", async () => {
    await using database = await createDatabase(server);
    await database.query("CREATE TABLE t (x int); INSERT INTO t VALUES (1), (1)");
    await using before = migratorFor(database.url, fileOf("CREATE UNIQUE INDEX CONCURRENTLY t_x ON t (x);"));
    await before.up().catch(() => undefined);
    await using after = migratorFor(database.url, fileOf("CREATE INDEX CONCURRENTLY t_x_again ON t (x);"));
    expect((await after.repair()).cleanup).toEqual(["DROP INDEX CONCURRENTLY public.t_x"]);
    await after.up();
    expect(await database.query("SELECT relname FROM pg_class WHERE relkind = 'i' AND relname LIKE 't_x%'")).toEqual([
      { relname: "t_x_again" },
    ]);
  });

  test("without its file nothing goes on with it, and what is there is told from the history", async () => {
    await using database = await createDatabase(server);
    await stopped(database);
    await using migrator = migratorFor(database.url, { "2_b.sql": "SELECT 1;" });
    expect((await refusal(migrator.repair())).message).toMatch(/has no file any more/);
    await database.query("UPDATE schema_migrations SET state = 'resumable'");
    expect((await refusal(migrator.up())).code).toBe("GANDER_HISTORY_DIRTY");
    const plan = await migrator.repair({ mark: "rolled-back" });
    expect([plan.file, plan.statements.map(({ progress }) => progress)]).toEqual([
      "gone",
      ["ran", "ran", "failed", "not-run"],
    ]);
    expect(plan.statements[0]?.objects).toEqual([{ action: "create", kind: "table", name: "a", state: "present" }]);
  });
});
