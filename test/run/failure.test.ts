import { describe, expect, test } from "vitest";
import { errorJson } from "../../src/report/error-json.ts";
import { renderError } from "../../src/report/render-error.ts";
import { plainView } from "../../src/report/view.ts";
import { MigrationFailedError } from "../../src/run/migration-failed-error.ts";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";
import { migratorFor } from "./fixtures.ts";

const BEFORE = {
  "1_users.sql": "CREATE TABLE users (id int);\nINSERT INTO users VALUES (1);",
  "2_posts.sql": "CREATE TABLE posts (id int);",
};

async function failureOf(database: TestDatabase, sql: string): Promise<MigrationFailedError> {
  await using migrator = migratorFor(database.url, { ...BEFORE, "3_next.sql": sql });
  const error = await migrator.up().catch((caught: unknown) => caught);
  if (!(error instanceof MigrationFailedError)) throw error;
  return error;
}

describe.each(servers())("a migration that fails on PostgreSQL $major", (server) => {
  test("is shown with its place, what PostgreSQL says, what stands, and what to do", async () => {
    await using database = await createDatabase(server);
    const error = await failureOf(
      database,
      "CREATE TABLE x ();\n\nALTER TABLE users\n  ADD COLUMN plan text NOT NULL;",
    );
    expect(renderError(error, false, plainView)).toBe(
      `error[GANDER_MIGRATION_FAILED]: 3_next.sql:4:1: column "plan" of relation "users" contains null
values [23502]

    1 | -- +goose Up
    2 | CREATE TABLE x ();
    3 |
  > 4 | ALTER TABLE users
      | ^
    5 |   ADD COLUMN plan text NOT NULL;
    6 |

  Statement: 2 of 2

Before it this run applied 2 migrations, the last one 2_posts.sql.
Everything 3_next.sql did was rolled back; it is marked dirty and counts as pending. The next gander
up tries it again.

What to do:
  users has rows, and a new column that is NOT NULL and has no default would have no value in them.
  Do it in steps:
    ALTER TABLE users ADD COLUMN plan text;
    UPDATE users SET plan = … WHERE plan IS NULL;
    ALTER TABLE users ALTER COLUMN plan SET NOT NULL;
  or give it a default, which the rows that are there get too:
    ALTER TABLE users ADD COLUMN plan text NOT NULL DEFAULT …;`,
    );
    expect(errorJson(error)).toMatchObject({
      version: 3n,
      line: 4,
      sqlState: "23502",
      hint: expect.stringMatching(/ADD COLUMN[^]*UPDATE[^]*SET NOT NULL/),
      applied: [{ name: "1_users.sql" }, { name: "2_posts.sql" }],
    });
  });

  test("the mended file, written as the advice says, goes through", async () => {
    await using database = await createDatabase(server);
    const { hint = "" } = await failureOf(database, "ALTER TABLE users ADD COLUMN plan text NOT NULL;");
    const steps = hint.split("\n").filter((line) => /^ {2}/.test(line));
    const mended = steps.slice(0, 3).join("\n").replace("…", "'free'");
    await using migrator = migratorFor(database.url, { ...BEFORE, "3_next.sql": mended });
    await migrator.up();
    expect(await database.query("SELECT plan FROM users")).toEqual([{ plan: "free" }]);
  });

  test("in a DO block it is the line of the block that the caret shows", async () => {
    await using database = await createDatabase(server);
    const sql = "DO $$\nBEGIN\n\tPERFORM '日本😀';\n\tPERFORM nope();\nEND $$;";
    const { failure } = await failureOf(database, `SELECT 1;\n${sql}`);
    expect(failure).toMatchObject({ line: 6, column: 2, sqlState: "42883" });
    const static_ = await failureOf(database, "DO $body$ BEGIN\n  RAISE 'stop';\nEND $body$;");
    expect(static_.failure).toMatchObject({ line: 3, column: 3, sqlState: "P0001" });
  });

  test("a long statement without a place in it is shown as a whole", async () => {
    await using database = await createDatabase(server);
    const columns = ["a", "b", "c", "d", "e", "f"].map((name) => `  ADD COLUMN ${name} int`);
    const { failure } = await failureOf(database, `ALTER TABLE users\n${columns.join(",\n")} NOT NULL;\nSELECT 1;`);
    expect(failure.excerpt?.lines.slice(-2)).toEqual(["  ADD COLUMN e int,", "  ADD COLUMN f int NOT NULL;"]);
  });

  test("at the commit: there is no statement to show, and the advice fits", async () => {
    await using database = await createDatabase(server);
    const error = await failureOf(
      database,
      "CREATE TABLE d (id int PRIMARY KEY, r int REFERENCES d DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO d VALUES (1, 7);",
    );
    expect(error.message).toMatch(/^3_next\.sql: at commit: /);
    expect(error.hint).toContain("At its commit the migration leaves a row of d");
  });

  test("outside a transaction the advice comes before the ways out", async () => {
    await using database = await createDatabase(server);
    const error = await failureOf(
      database,
      "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE x ();\nCREATE INDEX CONCURRENTLY i ON user (id);\n",
    );
    const other = await failureOf(database, "SELECT 1;").catch((caught: unknown) => caught);
    expect(error.hint).toMatch(/^user is a reserved word[^]*gander repair 3/);
    expect(other).toMatchObject({ code: "GANDER_HISTORY_DIRTY" });
  });

  test("the values of the rows are not in the advice", async () => {
    await using database = await createDatabase(server);
    const sql = "CREATE TABLE k (v text, w int NOT NULL);\nINSERT INTO k VALUES ('s3cret', NULL);";
    expect((await failureOf(database, sql)).hint).not.toContain("s3cret");
  });

  test("nor is a part of a variable's value", async () => {
    await using database = await createDatabase(server);
    const told = async (sql: string): Promise<unknown> => {
      const file = `-- +goose Up\n-- +goose ENVSUB ON\n${sql}\n`;
      await using migrator = migratorFor(
        database.url,
        { ...BEFORE, "3_next.sql": file },
        { env: { NAME: "left.right" } },
      );
      return migrator.up().catch((error: unknown) => error);
    };
    const missing = await told('SELECT * FROM "${NAME}";');
    expect(missing).toMatchObject({ hint: expect.not.stringContaining("right") });
    const added = await told('CREATE TABLE "${NAME}" AS SELECT 1; ALTER TABLE "${NAME}" ADD COLUMN c int NOT NULL;');
    expect(added).toMatchObject({ hint: expect.stringContaining("UPDATE ${NAME} SET c = …") });
  });
});
