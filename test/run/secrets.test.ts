import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import { newestServer, servers } from "../support/server-list.ts";
import { migratorFor } from "./fixtures.ts";

const SECRET = "s3cr3t-value";

/** All that anybody could print, log or keep: the error with its causes, the events, both tables. */
async function everythingTold(database: TestDatabase, ...said: unknown[]): Promise<string> {
  const rows = await database.query("SELECT to_jsonb(h) AS row FROM schema_migrations h");
  const log = await database.query("SELECT to_jsonb(l) AS row FROM schema_migrations_log l");
  return inspect([...said, rows, log], { depth: Infinity, maxStringLength: Infinity, maxArrayLength: Infinity });
}

function migratorWith(database: TestDatabase, sql: string, head = "") {
  const file = `${head}-- +goose Up\n-- +goose ENVSUB ON\n${sql}\n`;
  return migratorFor(database.url, { "1_a.sql": file }, { env: { TOKEN: SECRET } });
}

describe.each(servers())("promise 7, no secret is written down, on PostgreSQL $major", (server) => {
  test.each([
    ["in a value that the server repeats", "SELECT '${TOKEN}'::int;"],
    ["in a name that the server repeats", 'SELECT * FROM "${TOKEN}";'],
    [
      "in a row that breaks a constraint",
      "CREATE TABLE k (v text PRIMARY KEY);\nINSERT INTO k VALUES ('${TOKEN}'), ('${TOKEN}');",
    ],
    ["in a statement that a function runs", "DO $$ BEGIN EXECUTE 'SELECT 1/0, ''${TOKEN}'''; END $$;"],
    ["in a notice before the error", "DO $$ BEGIN RAISE WARNING 'it is ${TOKEN}'; END $$;\nSELECT 1/0;"],
  ])("%s", async (_, sql) => {
    for (const head of ["", "-- +goose NO TRANSACTION\n"]) {
      await using database = await createDatabase(server);
      await using migrator = migratorWith(database, sql, head);
      const error = await migrator.up().catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: "GANDER_MIGRATION_FAILED", message: expect.stringContaining("1_a.sql:") });
      const told = await everythingTold(database, error, migrator.events);
      expect(told).toContain("${TOKEN}");
      expect(told).not.toContain(SECRET);
    }
  });

  test("nor by a plan for a reviewer, or by a version that is applied", async () => {
    await using database = await createDatabase(server);
    await using migrator = migratorWith(database, "CREATE TABLE t (v text DEFAULT '${TOKEN}');");
    expect(await migrator.renderPlan(await migrator.plan())).not.toContain(SECRET);
    await migrator.up();
    expect(await everythingTold(database, migrator.events)).not.toContain(SECRET);
    await database.query("INSERT INTO t DEFAULT VALUES");
    expect(await database.query("SELECT v FROM t")).toEqual([{ v: SECRET }]);
  });
});

test("the password of a connection is in no error", async () => {
  const url = new URL(newestServer().url);
  url.password = SECRET;
  const wrong = [
    String(Object.assign(new URL(url), { port: "1" })),
    String(Object.assign(new URL(url), { pathname: "/no_such_database" })),
    `${String(url)}?sslmode=nonsense`,
    `host=127.0.0.1 port=1 user=postgres password=${SECRET}`,
    `host=127.0.0.1 user=postgres password='${SECRET}`,
  ];
  for (const database of wrong) {
    const error: unknown = await (async () => {
      await using migrator = migratorFor(database, { "1_a.sql": "SELECT 1;" });
      await migrator.up();
    })().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Error);
    expect(inspect(error, { depth: Infinity })).not.toContain(SECRET);
  }
});
