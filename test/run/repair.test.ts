import { describe, expect, test } from "vitest";
import type { GanderError, MigrationFailedError, Migrator } from "../../src/index.ts";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";
import { migratorFor } from "./fixtures.ts";

const HEAD = "-- +goose NO TRANSACTION\n-- +goose Up\n";
const NOTES = "SELECT note FROM schema_migrations_log WHERE event = 'repaired' ORDER BY id";

type Failed = Pick<GanderError, "code" | "message" | "hint"> & Pick<MigrationFailedError, "failure">;

async function failed(run: Promise<unknown>): Promise<Failed> {
  return (await run.then(
    () => expect.fail("it went through"),
    (error: unknown) => error,
  )) as Failed;
}

async function notes(database: TestDatabase): Promise<readonly string[]> {
  return (await database.query<{ note: string }>(NOTES)).map(({ note }) => note);
}

async function invalidIndexes(database: TestDatabase): Promise<readonly string[]> {
  const rows = await database.query<{ name: string }>(
    "SELECT indexrelid::regclass::text AS name FROM pg_index WHERE NOT indisvalid ORDER BY 1",
  );
  return rows.map(({ name }) => name);
}

async function stateOf(migrator: Migrator, version: bigint): Promise<string | undefined> {
  return (await migrator.status()).versions.find((one) => one.version === version)?.state;
}

describe.each(servers())("repair, on PostgreSQL $major", (server) => {
  test("a unique index over duplicates: the key is named, the INVALID index goes, the mended data make it valid", async () => {
    await using database = await createDatabase(server);
    await database.query("CREATE TABLE a (x int); INSERT INTO a VALUES (7), (7)");
    await using migrator = migratorFor(database.url, {
      "1_a.sql": `${HEAD}CREATE TABLE b ();\nCREATE UNIQUE INDEX CONCURRENTLY a_x ON a (x);\n`,
    });
    const error = await failed(migrator.up());
    expect(error.failure.detail).toBe("Key (x)=(7) is duplicated.");
    expect((await failed(migrator.up())).message).toContain("Key (x)=(7) is duplicated.");
    expect(await invalidIndexes(database)).toEqual(["a_x"]);
    const { cleanup, firstStatement } = await migrator.repair();
    expect([cleanup, firstStatement]).toEqual([["DROP INDEX CONCURRENTLY public.a_x"], 2]);
    expect(await invalidIndexes(database)).toEqual([]);
    await database.query("DELETE FROM a WHERE ctid = (SELECT max(ctid) FROM a)");
    expect((await migrator.up()).steps.map(({ version }) => version)).toEqual([1n]);
    expect(
      await database.query("SELECT indisvalid, indisunique FROM pg_index WHERE indexrelid = 'a_x'::regclass"),
    ).toEqual([{ indisvalid: true, indisunique: true }]);
    expect(await notes(database)).toEqual([
      "DROP INDEX CONCURRENTLY public.a_x",
      "marked resumable at statement 2",
      "goes on at statement 2 of 2",
    ]);
  });

  test("an index whose name PostgreSQL makes up is cleaned up as well", async () => {
    await using database = await createDatabase(server);
    await database.query("CREATE TABLE a (x int); INSERT INTO a VALUES (7), (7)");
    await using migrator = migratorFor(database.url, {
      "1_a.sql": `${HEAD}-- +goose StatementBegin\nCREATE UNIQUE INDEX CONCURRENTLY ON a (x);\n-- +goose StatementEnd\n`,
    });
    await failed(migrator.up());
    expect((await migrator.repair()).cleanup).toEqual(["DROP INDEX CONCURRENTLY public.a_x_idx"]);
    await database.query("DELETE FROM a WHERE ctid = (SELECT max(ctid) FROM a)");
    await migrator.up();
    expect(await database.query("SELECT relname FROM pg_class WHERE relkind = 'i' AND relname LIKE 'a_%'")).toEqual([
      { relname: "a_x_idx" },
    ]);
  });

  test.each([
    ["CONCURRENTLY", "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS a_x ON a (x);"],
    ["not CONCURRENTLY", "CREATE UNIQUE INDEX IF NOT EXISTS a_x ON a (x);"],
    [
      "in a block",
      "-- +goose StatementBegin\nSELECT 1;\nCREATE UNIQUE INDEX IF NOT EXISTS a_x ON a (x);\n-- +goose StatementEnd",
    ],
  ])("IF NOT EXISTS never hides an INVALID index: %s", async (_, create) => {
    await using database = await createDatabase(server);
    await database.query("CREATE TABLE a (x int); INSERT INTO a VALUES (7), (7)");
    await database.query("CREATE UNIQUE INDEX CONCURRENTLY a_x ON a (x)").catch(() => undefined);
    await database.query("DELETE FROM a WHERE ctid = (SELECT max(ctid) FROM a)");
    await using migrator = migratorFor(database.url, { "1_a.sql": `${HEAD}CREATE TABLE b ();\n${create}\n` });
    await migrator.up();
    expect(await invalidIndexes(database)).toEqual([]);
    expect(await notes(database)).toEqual(["statement 2: DROP INDEX CONCURRENTLY public.a_x (it was INVALID)"]);
  });

  test("IF NOT EXISTS never hides an INVALID index: in a transaction, as another role", async () => {
    await using database = await createDatabase(server);
    await database.query("CREATE TABLE a (x int); INSERT INTO a VALUES (7), (7); CREATE TABLE other (x int)");
    await database.query("CREATE UNIQUE INDEX CONCURRENTLY a_x ON a (x)").catch(() => undefined);
    await database.query("DELETE FROM a WHERE ctid = (SELECT max(ctid) FROM a); CREATE INDEX other_x ON other (x)");
    const role = `owner_${database.name}`;
    await database.query(`CREATE ROLE ${role}; ALTER TABLE a OWNER TO ${role}; GRANT ALL ON SCHEMA public TO ${role}`);
    await using migrator = migratorFor(database.url, {
      "1_a.sql": `SET ROLE ${role};\nCREATE UNIQUE INDEX IF NOT EXISTS a_x ON a (x);\nRESET ROLE;`,
      "2_b.sql": "CREATE INDEX IF NOT EXISTS other_x ON other (x);",
    });
    await migrator.up();
    expect(await invalidIndexes(database)).toEqual([]);
    expect(await notes(database)).toEqual(["statement 2: DROP INDEX a_x (it was INVALID)"]);
    await database.query(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`);
  });

  test("an index of that name that somebody else needs is not taken for the one that failed", async () => {
    await using database = await createDatabase(server);
    await database.query("CREATE TABLE a (x int, y int); CREATE INDEX a_i ON a (y)");
    await using migrator = migratorFor(database.url, { "1_a.sql": `${HEAD}CREATE INDEX CONCURRENTLY a_i ON a (x);\n` });
    await failed(migrator.up());
    expect((await migrator.repair()).statements[0]?.objects[0]?.state).toBe("different");
    expect((await failed(migrator.up())).failure.sqlState).toBe("42P07");
  });

  test("what was built by hand meanwhile is found done", async () => {
    await using database = await createDatabase(server);
    await database.query("CREATE TABLE a (x int); INSERT INTO a VALUES (7), (7)");
    await using migrator = migratorFor(database.url, {
      "1_a.sql": `${HEAD}CREATE UNIQUE INDEX CONCURRENTLY a_x ON a (x);\nCREATE TABLE c ();\n`,
    });
    await failed(migrator.up());
    await database.query("DROP INDEX a_x; DELETE FROM a WHERE ctid = (SELECT max(ctid) FROM a)");
    await database.query("CREATE UNIQUE INDEX a_x ON a (x)");
    await migrator.repair();
    await migrator.up();
    expect(await notes(database)).toContain("statement 1: the statement was found done");
    expect(await stateOf(migrator, 1n)).toBe("applied");
  });

  test("it runs no statement, asks before anything is changed, and no is no", async () => {
    await using database = await createDatabase(server);
    await database.query("CREATE TABLE a (x int); INSERT INTO a VALUES (7), (7)");
    await using migrator = migratorFor(database.url, {
      "1_a.sql": `${HEAD}CREATE UNIQUE INDEX CONCURRENTLY a_x ON a (x);\nCREATE TABLE c ();\n`,
    });
    await failed(migrator.up());
    const refused = await failed(migrator.repair({ confirm: () => Promise.resolve(false) }));
    expect(refused.code).toBe("GANDER_CONFIRMATION");
    expect(await invalidIndexes(database)).toEqual(["a_x"]);
    expect(await stateOf(migrator, 1n)).toBe("dirty");
    const meanwhile = await failed(
      migrator.repair({
        confirm: async () => {
          await database.query("DROP INDEX a_x");
          return true;
        },
      }),
    );
    expect(meanwhile.message).toMatch(/has changed meanwhile/);
    expect(await notes(database)).toEqual([]);
    await migrator.repair({ confirm: () => Promise.resolve(true) });
    expect(await database.query("SELECT to_regclass('c') AS c")).toEqual([{ c: null }]);
  });

  test("marked rolled back or applied, the INVALID index goes as well", async () => {
    for (const mark of ["rolled-back", "applied"] as const) {
      await using database = await createDatabase(server);
      await database.query("CREATE TABLE a (x int); INSERT INTO a VALUES (7), (7)");
      await using migrator = migratorFor(database.url, {
        "1_a.sql": `${HEAD}CREATE UNIQUE INDEX CONCURRENTLY a_x ON a (x);\n`,
      });
      await failed(migrator.up());
      await migrator.repair({ mark });
      expect(await invalidIndexes(database)).toEqual([]);
      expect(await stateOf(migrator, 1n)).toBe(mark === "applied" ? "applied" : "pending");
      expect((await notes(database)).at(-1)).toBe(`marked ${mark}`);
    }
  });

  test("the statements that set the session are sent again before the one that is gone on with", async () => {
    await using database = await createDatabase(server);
    await database.query("CREATE SCHEMA app");
    await using migrator = migratorFor(database.url, {
      "1_a.sql": `${HEAD}SET search_path = app;\nSELECT pg_catalog.set_config('work_mem', '99kB', false);
INSERT INTO late VALUES (1);\nCREATE TABLE t AS SELECT current_setting('work_mem') AS memory;\n`,
    });
    await failed(migrator.up());
    await database.query("CREATE TABLE app.late (x int)");
    await migrator.repair();
    await migrator.up();
    expect(await database.query("SELECT memory FROM app.t")).toEqual([{ memory: "99kB" }]);
  });

  test("a plan of what is gone on with shows what will be sent, and no more", async () => {
    await using database = await createDatabase(server);
    await using migrator = migratorFor(database.url, {
      "1_a.sql": `${HEAD}SET work_mem = '99kB';\nCREATE TABLE done ();\nSELECT * FROM late;\nCREATE TABLE c ();\n`,
    });
    await failed(migrator.up());
    await migrator.repair();
    const plan = await migrator.plan();
    expect(plan.steps[0]?.firstStatement).toBe(2);
    const sql = await migrator.renderPlan(plan);
    expect(sql).toMatch(/SET work_mem = '99kB';\s+SELECT \* FROM late;/);
    expect(sql.slice(sql.indexOf("COMMIT;"))).not.toMatch(/CREATE TABLE done/);
    expect(sql).not.toMatch(/DELETE FROM/);
  });

  test("a transaction that committed by itself goes on after its COMMIT", async () => {
    await using database = await createDatabase(server);
    await using migrator = migratorFor(database.url, {
      "1_a.sql": "-- +goose Up\nCREATE TABLE a ();\nCOMMIT;\nCREATE TABLE b ();\nSELECT * FROM late;\n",
    });
    await failed(migrator.up());
    const { statements } = await migrator.repair();
    expect(statements.map(({ progress }) => progress)).toEqual(["ran", "ran", "rolled-back", "failed"]);
    expect((await failed(migrator.up())).failure.statementNumber).toBe(4);
    await database.query("CREATE TABLE late ()");
    await migrator.repair();
    await migrator.up();
    expect(await stateOf(migrator, 1n)).toBe("applied");
  });

  test("a migration that runs in a transaction now goes on in one, and keeps what had run", async () => {
    await using database = await createDatabase(server);
    const body = "-- +goose Up\nCREATE TABLE a ();\nSELECT * FROM late;\nCREATE TABLE b ();\n";
    await using before = migratorFor(database.url, { "1_a.sql": `-- +goose NO TRANSACTION\n${body}` });
    await failed(before.up());
    await using after = migratorFor(database.url, { "1_a.sql": body });
    await after.repair();
    expect((await failed(after.up())).failure.state).toMatch(
      /had run up to there before: its first 1 statements are kept/,
    );
    await database.query("CREATE TABLE late ()");
    await after.repair();
    await after.up();
    expect(await stateOf(after, 1n)).toBe("applied");
  });
});
