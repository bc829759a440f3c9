import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createMigrator } from "../../../src/index.ts";
import { bundle } from "../../run/fixtures.ts";
import { createDatabase, type TestDatabase } from "../../support/create-database.ts";
import { servers } from "../../support/server-list.ts";
import { adopt, createFolder, refusal, statusOf } from "./adopting.ts";
import { projects } from "./fixture-files.ts";

const fixture = (tool: string): string => readFileSync(new URL(`fixtures/${tool}.sql`, import.meta.url), "utf8");
const SCHEMA = "CREATE TABLE a (x int); CREATE TABLE b (x int);";
const FILES = bundle({ "1_a.sql": "CREATE TABLE a (x int);", "2_b.sql": "CREATE TABLE b (x int);" });

async function nothingOfOurs(database: TestDatabase): Promise<void> {
  const found = await database.query(
    "SELECT relname FROM pg_class WHERE relname LIKE 'gander%' OR relname LIKE 'schema_migrations_log%'",
  );
  expect(found).toEqual([]);
}

describe.each(servers())("histories that cannot be taken over, on PostgreSQL $major", (server) => {
  test.each([
    [
      "a dirty golang-migrate row",
      "golang-migrate",
      "UPDATE schema_migrations SET dirty = true",
      /dirty at version 2[\s\S]*migrate force 2/,
    ],
    [
      "a Flyway row that failed",
      "Flyway",
      "UPDATE flyway_schema_history SET success = false WHERE installed_rank = 3",
      /Flyway's row of 1\.10[\s\S]*flyway repair/,
    ],
    [
      "a Prisma migration that did not finish",
      "Prisma",
      "UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '20240101000000_a'",
      /not finished 20240101000000_a[\s\S]*prisma migrate resolve --rolled-back/,
    ],
    [
      "times in the future",
      "sql-migrate",
      "UPDATE gorp_migrations SET applied_at = now() + interval '1 hour' WHERE id = '2_b.sql'",
      /applied in the future: 2_b\.sql/,
    ],
    [
      "rows beyond the files",
      "dbmate",
      "INSERT INTO schema_migrations VALUES ('20250101000000')",
      /newer than every file: 20250101000000/,
    ],
  ])("%s: nothing is changed, and the way out is told", async (_, tool, change, told) => {
    await using database = await createDatabase(server);
    await database.query(`${SCHEMA} ${fixture(tool)} ${change}`);
    await using from = await createFolder(projects[tool]!.applied);
    const to = join(from.path, "new");
    const [row] = await database.query<{ name: string }>(
      "SELECT oid::regclass::text AS name FROM pg_class WHERE relname IN ('schema_migrations', 'flyway_schema_history', '_prisma_migrations', 'gorp_migrations') AND relkind = 'r'",
    );
    const text = await refusal(adopt(database, to, row!.name, { from: from.path, history: "gander_migrations" }));
    expect(text).toMatch(/^GANDER_HISTORY_ADOPT: /);
    expect(text).toMatch(told);
    expect(text).toMatch(/Nothing was changed\.$/);
    await nothingOfOurs(database);
    expect(() => readFileSync(to)).toThrow(/ENOENT/);
  });

  test("two tools' tables at once: asks which", async () => {
    await using database = await createDatabase(server);
    await database.query(`${SCHEMA} ${fixture("knex")} ${fixture("kysely")}`);
    const text = await refusal(adopt(database, [], "knex_migrations"));
    expect(text).toMatch(/tables of 2 tools: knex, kysely[\s\S]*--tool kysely --table-from public\.kysely_migration/);
    await nothingOfOurs(database);
    const plan = await adopt(database, [], "kysely_migration", { tool: "kysely" });
    expect(plan).toMatchObject({ tool: "kysely", versions: [{}, {}] });
  });

  test("Rails and dbmate have the same table: the files tell, or somebody does", async () => {
    await using database = await createDatabase(server);
    await database.query(`${SCHEMA} ${fixture("dbmate")}`);
    const options = { history: "gander_migrations" };
    expect(await refusal(adopt(database, [], "schema_migrations", options))).toMatch(
      /may be Rails or dbmate's[\s\S]*--tool Rails or --tool dbmate/,
    );
    const plan = await adopt(database, [], "schema_migrations", { ...options, tool: "rails" });
    expect(plan).toMatchObject({ tool: "Rails", versions: [{}, {}] });
  });

  test("a tool that is not there yet is named, with what to do", async () => {
    await using database = await createDatabase(server);
    await database.query(
      "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, inserted_at timestamp); CREATE TABLE other (id int)",
    );
    const text = await refusal(adopt(database, FILES, "schema_migrations", { history: "gander_migrations" }));
    expect(text).toMatch(
      /is Ecto's, and gander cannot take that tool's history over yet[\s\S]*gander baseline VERSION/,
    );
  });

  test("no tool's table, one in another schema, one of another name", async () => {
    await using database = await createDatabase(server);
    await database.query("CREATE TABLE version (version text)");
    expect(await refusal(adopt(database, FILES, "version"))).toMatch(
      /no tool's table that gander knows[\s\S]*gander baseline/,
    );
    await database.query(`CREATE SCHEMA auth; SET search_path = auth; ${fixture("knex")}; RESET search_path`);
    expect(await refusal(adopt(database, FILES, "auth.knex_migrations"))).toMatch(
      /--table-from auth\.knex_migrations {2}\(knex\)/,
    );
    const plan = await adopt(database, [], "auth.knex_migrations", { tableFrom: "auth.knex_migrations" });
    expect(plan.versions).toHaveLength(2);
    expect(await refusal(adopt(database, FILES, "version", { tool: "gooze" }))).toMatch(
      /there is no tool gooze[\s\S]*goose, golang-migrate/,
    );
  });

  test("knex is at work: its lock row says so", async () => {
    await using database = await createDatabase(server);
    await database.query(`${SCHEMA} ${fixture("knex")} UPDATE knex_migrations_lock SET is_locked = 1`);
    expect(await refusal(adopt(database, [], "knex_migrations"))).toMatch(/knex is at work[\s\S]*SET is_locked = 0/);
    await nothingOfOurs(database);
  });

  test("waits no longer than it may for the other tool's lock", async () => {
    await using database = await createDatabase(server);
    await database.query(`${SCHEMA} ${fixture("kysely")}`);
    await database.query("SELECT pg_advisory_lock(3853314791062309107)");
    await using migrator = createMigrator({ database: database.url, migrations: [], wait: 0 });
    expect(await refusal(migrator.adopt())).toMatch(/GANDER_LOCK_TIMEOUT: kysely is at work/);
    await nothingOfOurs(database);
  });

  test("a half-adopted history: what is there stays, the rest comes in, and a dirty version stops it", async () => {
    await using database = await createDatabase(server);
    await database.query(`${SCHEMA} ${fixture("knex")}`);
    await adopt(database, [], "knex_migrations");
    await database.query("DELETE FROM schema_migrations WHERE version_id = 20240101000000");
    await adopt(database, [], "knex_migrations");
    expect(await statusOf(database, [])).toHaveLength(2);
    await database.query(
      "UPDATE schema_migrations SET is_dirty = true, state = 'stopped' WHERE version_id = 20240101000000",
    );
    expect(await refusal(adopt(database, [], "knex_migrations"))).toMatch(
      /dirty in gander's own history[\s\S]*gander repair/,
    );
  });

  test("a folder that is not empty, or the one the files come from, is not written", async () => {
    await using database = await createDatabase(server);
    await database.query(`${SCHEMA} ${fixture("dbmate")}`);
    await using from = await createFolder(projects["dbmate"]!.applied);
    await using to = await createFolder({ "1_mine.sql": "-- +goose Up\nSELECT 1;\n" });
    const options = { history: "gander_migrations", from: from.path };
    expect(await refusal(adopt(database, to.path, "schema_migrations", options))).toMatch(/is not empty/);
    expect(await refusal(adopt(database, from.path, "schema_migrations", options))).toMatch(
      /where the other tool's are/,
    );
    await nothingOfOurs(database);
  });

  test("a role that may not create the history, or not read the table: the files that were written are gone again", async () => {
    await using database = await createDatabase(server);
    const adopter = `adopter_${process.pid}`;
    await database.query(`${SCHEMA} ${fixture("sql-migrate")}
      CREATE ROLE ${adopter} LOGIN;
      REVOKE CREATE ON SCHEMA public FROM PUBLIC`);
    await using from = await createFolder({ ...projects["sql-migrate"]!.applied, "new/.keep": "" });
    const url = new URL(database.url);
    url.username = adopter;
    const to = join(from.path, "new");
    await using migrator = createMigrator({ database: url.href, migrations: to });
    const options = { from: from.path, to };
    expect(await refusal(migrator.adopt(options))).toMatch(/gorp_migrations cannot be read[\s\S]*GRANT SELECT/);
    await database.query(`GRANT SELECT ON gorp_migrations TO ${adopter}`);
    expect(await refusal(migrator.adopt(options))).toMatch(
      /GANDER_CONFIG: the history public\.schema_migrations cannot be created/,
    );
    expect(readdirSync(to)).toEqual([".keep"]);
    await nothingOfOurs(database);
    await database.query(`GRANT CREATE ON SCHEMA public TO ${adopter}`);
    expect((await migrator.adopt(options)).versions).toHaveLength(2);
    expect(readdirSync(to).toSorted()).toEqual([".keep", "1_a.sql", "2_b.sql"]);
    await migrator.close();
    await database.query(`DROP OWNED BY ${adopter}; DROP ROLE ${adopter}`);
  });

  test("a file that no rewriting helps is named as the other tool has it", async () => {
    await using database = await createDatabase(server);
    await database.query(`${SCHEMA} ${fixture("sqitch")}`);
    const files = { ...projects["sqitch"]!.applied, "deploy/b.sql": "BEGIN;\n\\i other.sql\nCOMMIT;\n" };
    await using from = await createFolder(files);
    const to = join(from.path, "new");
    const text = await refusal(adopt(database, to, "sqitch.changes", { from: from.path }));
    expect(text).toMatch(/GANDER_FILE: these files cannot be rewritten into goose's format: deploy\/b\.sql/);
    await nothingOfOurs(database);
  });

  test("files of another format in the migrations folder: --from is named", async () => {
    await using database = await createDatabase(server);
    await database.query(`${SCHEMA} ${fixture("golang-migrate")}`);
    await using folder = await createFolder(projects["golang-migrate"]!.applied);
    const options = { history: "gander_migrations" };
    expect(await refusal(adopt(database, folder.path, "schema_migrations", options))).toMatch(/--from FOLDER/);
    expect(await refusal(adopt(database, [], "schema_migrations", options))).toMatch(/--from FOLDER/);
    await nothingOfOurs(database);
  });
});
