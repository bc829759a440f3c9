import { describe, expect, test } from "vitest";
import { createDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";
import { migratorFor } from "./fixtures.ts";

const SECRET = "s3cr3t-value";

describe.each(servers())("promise 7, no secret is written down, on PostgreSQL $major", (server) => {
  test.each([
    ["in a value that the server repeats", "SELECT '${TOKEN}'::int;"],
    ["in a name that the server repeats", 'SELECT * FROM "${TOKEN}";'],
    [
      "in a row that breaks a constraint",
      "CREATE TABLE k (v text PRIMARY KEY);\nINSERT INTO k VALUES ('${TOKEN}'), ('${TOKEN}');",
    ],
  ])("%s", async (_, sql) => {
    await using database = await createDatabase(server);
    const file = `-- +goose Up\n-- +goose ENVSUB ON\n${sql}\n`;
    await using migrator = migratorFor(database.url, { "1_a.sql": file }, { env: { ...process.env, TOKEN: SECRET } });
    const error = (await migrator.up().catch((caught: unknown) => caught)) as Error & {
      hint?: string;
      failure?: unknown;
    };
    expect(error.message).toMatch(/\$\{TOKEN\}|1_a\.sql/);
    const rows = await database.query("SELECT * FROM schema_migrations");
    const log = await database.query("SELECT * FROM schema_migrations_log");
    expect(rows).toHaveLength(1);
    const told = [error.message, error.hint, error.failure, migrator.events, rows, log];
    expect(
      JSON.stringify(told, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value)),
    ).not.toContain(SECRET);
  });

  test("nor by a plan for a reviewer, or by a version that is applied", async () => {
    await using database = await createDatabase(server);
    const file = "-- +goose Up\n-- +goose ENVSUB ON\nCREATE TABLE t (v text DEFAULT '${TOKEN}');\n";
    await using migrator = migratorFor(database.url, { "1_a.sql": file }, { env: { ...process.env, TOKEN: SECRET } });
    expect(await migrator.renderPlan(await migrator.plan())).not.toContain(SECRET);
    await migrator.up();
    expect(JSON.stringify(await database.query("SELECT * FROM schema_migrations"))).not.toContain(SECRET);
  });
});
