import { describe, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";
import { migratorFor } from "./fixtures.ts";

const HISTORY = "SELECT version_id::int AS v, state FROM schema_migrations ORDER BY version_id";
const applied = (count: number) => Array.from({ length: count }, (_, index) => ({ v: index + 1, state: "applied" }));

async function run(database: TestDatabase, ...bodies: readonly string[]): Promise<void> {
  const files = Object.fromEntries(bodies.map((body, index) => [`${index + 1}_m.sql`, body]));
  await using migrator = migratorFor(database.url, files);
  const { steps } = await migrator.up();
  expect(steps).toHaveLength(bodies.length);
  expect(await database.query(HISTORY)).toEqual(applied(bodies.length));
  expect((await migrator.up()).steps).toEqual([]);
}

describe.each(servers())("what a session or a migration sets, on PostgreSQL $major", (server) => {
  test.each([
    ["default_transaction_isolation", "serializable"],
    ["default_transaction_deferrable", "on"],
    ["standard_conforming_strings", "off"],
    ["client_min_messages", "error"],
    ["search_path", "''"],
    ["check_function_bodies", "off"],
    ["row_security", "off"],
    ["xmloption", "document"],
    ["DateStyle", "'German, DMY'"],
    ["IntervalStyle", "sql_standard"],
    ["bytea_output", "escape"],
    ["quote_all_identifiers", "on"],
    ["extra_float_digits", "0"],
  ])("%s = %s, by a migration", async (name, value) => {
    await using database = await createDatabase(server);
    await run(
      database,
      "CREATE TABLE public.a (id int);",
      `SET ${name} = ${value};`,
      `CREATE TABLE public.b (v text DEFAULT '\\'); -- a sign \\ of its own`,
      `-- +goose NO TRANSACTION\n-- +goose Up\nSELECT 1;\nCREATE INDEX CONCURRENTLY b_v ON public.b (v);`,
      "CREATE TABLE public.c (id int);",
    );
  });

  test.each([
    ["default_transaction_isolation", "serializable"],
    ["default_transaction_isolation", "'repeatable read'"],
    ["standard_conforming_strings", "off"],
    ["client_min_messages", "error"],
    ["xmloption", "document"],
    ["DateStyle", "'German, DMY'"],
    ["TimeZone", "'Asia/Kolkata'"],
  ])("%s = %s, by the database", async (name, value) => {
    await using database = await createDatabase(server);
    await database.query(`ALTER DATABASE "${database.name}" SET ${name} = ${value}`);
    await run(database, "CREATE TABLE a (id int);", "CREATE TABLE b (id int);", "CREATE TABLE c (id int);");
  });

  test("a statement timeout that a file sets does not hold for the files after it", async () => {
    await using database = await createDatabase(server);
    const note = "INSERT INTO seen VALUES (current_setting('statement_timeout'), current_setting('lock_timeout'));";
    await run(
      database,
      `CREATE TABLE seen (s text, l text);\nSET statement_timeout = '1h';\nSET lock_timeout = '1h';\n${note}`,
      note,
    );
    const [own, next] = await database.query("SELECT s, l FROM seen");
    expect([own, next]).toEqual([
      { s: "1h", l: "1h" },
      { s: "0", l: "2s" },
    ]);
  });

  test("a file that makes the session read-only stops the files after it, not the history", async () => {
    await using database = await createDatabase(server);
    await using migrator = migratorFor(database.url, {
      "1_a.sql": "SET default_transaction_read_only = on;",
      "2_b.sql": "CREATE TABLE b (id int);",
      "3_c.sql": "SELECT 1/0;",
    });
    await expect(migrator.up()).rejects.toMatchObject({
      failure: { file: "3_c.sql", state: expect.stringMatching(/marked dirty.*again\.$/) },
    });
    expect(await database.query(HISTORY)).toEqual([...applied(2), { v: 3, state: "failed" }]);
  });

  test("SET TRANSACTION at the beginning of a file is taken", async () => {
    await using database = await createDatabase(server);
    await run(
      database,
      "CREATE TABLE level (l text);",
      "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\nINSERT INTO level VALUES (current_setting('transaction_isolation'));",
      "INSERT INTO level VALUES (current_setting('transaction_isolation'));",
      "SET LOCAL TRANSACTION ISOLATION LEVEL SERIALIZABLE;",
    );
    expect(await database.query("SELECT l FROM level")).toEqual([{ l: "serializable" }, { l: "read committed" }]);
  });

  test("a role that a file becomes holds for the files after it, and the history stays ours", async () => {
    await using database = await createDatabase(server);
    await database.query("GRANT CREATE ON SCHEMA public TO gander_tls");
    await run(database, "SET ROLE gander_tls;", "CREATE TABLE b (id int);", "RESET ROLE;\nCREATE TABLE c (id int);");
    const owners = "SELECT tablename AS t, tableowner AS o FROM pg_tables WHERE tablename IN ('b', 'c') ORDER BY 1";
    const [b, c] = await database.query<{ o: string }>(owners);
    expect(b?.o).toBe("gander_tls");
    expect(c?.o).not.toBe("gander_tls");
  });

  test("a role that only a function sets, another user, and a failure as another role", async () => {
    await using database = await createDatabase(server);
    await run(
      database,
      "DO $$ BEGIN PERFORM set_config('role', 'gander_tls', false); END $$;",
      "RESET ROLE;",
      "SET SESSION AUTHORIZATION gander_tls;\nSELECT 1;\nRESET SESSION AUTHORIZATION;",
    );
    await using failing = migratorFor(database.url, { "8_a.sql": "SET ROLE gander_tls;", "9_b.sql": "SELECT 1/0;" });
    await expect(failing.up()).rejects.toMatchObject({ failure: { file: "9_b.sql", sqlState: "22012" } });
    expect(await database.query(`${HISTORY} DESC LIMIT 2`)).toEqual([
      { v: 9, state: "failed" },
      { v: 8, state: "applied" },
    ]);
  });

  test("outside a transaction, a role and another user hold from statement to statement", async () => {
    await using database = await createDatabase(server);
    await database.query("GRANT CREATE ON SCHEMA public TO gander_tls");
    const outside = (...statements: string[]) => `-- +goose NO TRANSACTION\n-- +goose Up\n${statements.join("\n")}`;
    await run(
      database,
      outside(
        "SELECT 1;",
        "SET ROLE gander_tls;",
        "CREATE TABLE b (id int);",
        "CREATE INDEX CONCURRENTLY b_id ON b (id);",
      ),
      outside("CREATE TABLE c (id int);", "RESET ROLE;"),
      outside("SET ROLE gander_tls;"),
      "RESET ROLE;",
    );
    const owners = "SELECT DISTINCT tableowner AS o FROM pg_tables WHERE tablename IN ('b', 'c')";
    expect(await database.query(owners)).toEqual([{ o: "gander_tls" }]);
  });
});
