import { describe, expect, test } from "vitest";
import type { HistoryError, MigrationFailedError } from "../../src/index.ts";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";
import { migratorFor } from "./fixtures.ts";

const INDEX = {
  "1_a.sql": "CREATE TABLE a (x int);\nINSERT INTO a VALUES (1), (1);",
  "2_b.sql": `-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE b (x int);
CREATE UNIQUE INDEX CONCURRENTLY a_x ON a (x);
CREATE TABLE c (x int);
-- +goose Down
DROP TABLE c;
DROP INDEX CONCURRENTLY a_x;
DROP TABLE b;`,
};

/** What a crash of the runner leaves: its row, and a session that is gone. */
async function pretendCrash(database: TestDatabase, done: number): Promise<void> {
  await database.query(`UPDATE schema_migrations SET state = 'running', is_dirty = true, statements_done = ${done}, error = NULL,
    backend_pid = 1, backend_start = '2020-01-01' WHERE version_id = 2`);
}

describe.each(servers())("promise 6, the history tells the truth, on PostgreSQL $major", (server) => {
  test("a migration that stopped half way is refused until it is repaired, and then goes on where it failed", async () => {
    await using database = await createDatabase(server);
    await using migrator = migratorFor(database.url, INDEX);
    const error = (await migrator.up().catch((caught: unknown) => caught)) as MigrationFailedError;
    expect([error.failure.statementNumber, error.failure.sqlState]).toEqual([2, "23505"]);
    expect(error.hint).toMatch(/HAVING count\(\*\) > 1[\s\S]*gander repair 2/);
    const refused = (await migrator.up().catch((caught: unknown) => caught)) as HistoryError;
    expect(refused.code).toBe("GANDER_HISTORY_DIRTY");
    expect(`${refused.message} ${refused.hint}`).toMatch(
      /statement 1 of 3 is done; statement 2 failed.*gander repair 2/s,
    );
    const plan = await migrator.repair();
    expect(plan.cleanup).toEqual(["DROP INDEX CONCURRENTLY public.a_x"]);
    await database.query("DELETE FROM a WHERE ctid = (SELECT max(ctid) FROM a)");
    expect((await migrator.up()).steps.map(({ version }) => version)).toEqual([2n]);
    expect(await database.query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_x'::regclass")).toEqual([
      { indisvalid: true },
    ]);
    expect((await migrator.down({ to: 1n })).steps).toHaveLength(1);
    expect((await migrator.up()).steps).toHaveLength(1);
  });

  test.each(["applied", "rolled-back"] as const)("repair can mark the version %s", async (mark) => {
    await using database = await createDatabase(server);
    await using migrator = migratorFor(database.url, INDEX);
    await migrator.up().catch(() => undefined);
    await migrator.repair({ version: 2n, mark });
    expect((await migrator.status()).versions[1]?.state).toBe(mark === "applied" ? "applied" : "pending");
  });

  test("a crash during CONCURRENTLY is mended by the next start: an INVALID index goes, a whole one is taken over", async () => {
    await using database = await createDatabase(server);
    await using migrator = migratorFor(database.url, INDEX);
    await migrator.up().catch(() => undefined);
    expect(await database.query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_x'::regclass")).toEqual([
      { indisvalid: false },
    ]);
    await database.query("DELETE FROM a WHERE ctid = (SELECT max(ctid) FROM a)");
    await pretendCrash(database, 1);
    expect((await migrator.up()).steps).toHaveLength(1);
    await database.query("DROP TABLE c");
    await pretendCrash(database, 1);
    expect((await migrator.up()).steps).toHaveLength(1);
    expect(await database.query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_x'::regclass")).toEqual([
      { indisvalid: true },
    ]);
  });

  test("a crash that leaves doubt stops the next start, which prints the commands", async () => {
    await using database = await createDatabase(server);
    const doubtful = {
      ...INDEX,
      "2_b.sql": "-- +goose NO TRANSACTION\n-- +goose Up\nALTER SYSTEM RESET work_mem;\nSELECT 1;",
    };
    await using migrator = migratorFor(database.url, doubtful);
    await migrator.up();
    await pretendCrash(database, 0);
    await expect(migrator.up()).rejects.toMatchObject({ code: "GANDER_HISTORY_DIRTY" });
    const { statements } = await migrator.repair();
    expect(statements[0]).toMatchObject({ progress: "under-way", objects: [] });
    await migrator.up();
    expect((await migrator.status()).versions.map(({ state }) => state)).toEqual(["applied", "applied"]);
  });

  test.each([
    ["CALL fill();", "GANDER_HISTORY_DIRTY"],
    ["DO $$ BEGIN INSERT INTO a VALUES (1); COMMIT; END $$;", "GANDER_HISTORY_DIRTY"],
    ["DO $$ BEGIN INSERT INTO a VALUES (1); END $$;", undefined],
  ])("after a crash, %s runs again only where it cannot have committed by itself", async (statement, code) => {
    await using database = await createDatabase(server);
    const files = {
      "1_a.sql": `CREATE TABLE a (x int);
CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO a VALUES (1); COMMIT; END $$;`,
      "2_b.sql": `-- +goose NO TRANSACTION\n-- +goose Up\n${statement}\n`,
    };
    await using migrator = migratorFor(database.url, files);
    await migrator.up();
    await pretendCrash(database, 0);
    const again = await migrator.up().catch((error: unknown) => error as HistoryError);
    expect("code" in again ? again.code : undefined).toBe(code);
    if (code !== undefined) expect((await migrator.repair()).statements).toMatchObject([{ progress: "under-way" }]);
    expect(await database.query("SELECT x FROM a")).toHaveLength(code === undefined ? 2 : 1);
  });

  test("a session that is still at work is not taken over", async () => {
    await using database = await createDatabase(server);
    await using migrator = migratorFor(database.url, INDEX);
    await migrator.up().catch(() => undefined);
    await database.query(`UPDATE schema_migrations SET state = 'running', backend_pid = pg_backend_pid(),
      backend_start = (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()) WHERE version_id = 2`);
    await expect(migrator.repair()).rejects.toThrow(/still being worked on/);
  });

  test("a failed version whose file is gone is told and ignored", async () => {
    await using database = await createDatabase(server);
    await using bad = migratorFor(database.url, { "1_a.sql": "SELECT 1;", "2_b.sql": "SELECT 1/0;" });
    await bad.up().catch(() => undefined);
    await using good = migratorFor(database.url, { "1_a.sql": "SELECT 1;", "3_c.sql": "SELECT 1;" });
    const { steps, warnings } = await good.up();
    expect(steps.map(({ version }) => version)).toEqual([3n]);
    expect(warnings.map(({ kind }) => kind)).toContain("failed-without-file");
  });
});
