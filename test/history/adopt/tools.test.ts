import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../../support/create-database.ts";
import { servers } from "../../support/server-list.ts";
import { adopt, createFolder, statusOf, upWith } from "./adopting.ts";
import { projects } from "./fixture-files.ts";

const SCHEMA = "CREATE TABLE a (x int); CREATE TABLE b (x int);";

interface Expected {
  readonly table: string;
  readonly history?: string;
  readonly adopted: readonly string[];
  readonly after: readonly string[];
  readonly applied?: readonly string[];
  readonly remarks?: RegExp;
  readonly written?: Readonly<Record<string, readonly RegExp[]>>;
}

const NO_TIME = "(time of adoption)";

/** `version name source` of what is adopted, and `version state name` of what status shows then. */
const expected: Readonly<Record<string, Expected>> = {
  goose: {
    table: "goose_db_version",
    adopted: ["1 00001_a.sql goose", "2 00002_b.sql goose"],
    after: ["1 applied 00001_a.sql", "2 applied 00002_b.sql", "3 pending 00003_c.sql"],
  },
  "golang-migrate": {
    table: "schema_migrations",
    history: "gander_migrations",
    adopted: [`1 000001_a.sql golang-migrate ${NO_TIME}`, `2 000002_b.sql golang-migrate ${NO_TIME}`],
    after: ["1 applied 000001_a.sql", "2 applied 000002_b.sql", "3 pending 000003_c.sql"],
    remarks: /newest version alone \(2\)/,
    written: {
      "000001_a.sql": [
        /^-- \+goose Up\nCREATE TABLE a/,
        /StatementBegin\nCREATE FUNCTION[\s\S]*StatementEnd/,
        /-- \+goose Down\nDROP FUNCTION/,
      ],
      "000003_c.sql": [/^-- \+goose NO TRANSACTION\n-- \+goose Up\nCREATE INDEX CONCURRENTLY/],
    },
  },
  dbmate: {
    table: "schema_migrations",
    history: "gander_migrations",
    adopted: [
      `20240101000000 20240101000000_a.sql dbmate ${NO_TIME}`,
      `20240102000000 20240102000000_b.sql dbmate ${NO_TIME}`,
    ],
    after: [
      "20240101000000 applied 20240101000000_a.sql",
      "20240102000000 applied 20240102000000_b.sql",
      "20240103000000 pending 20240103000000_c.sql",
    ],
    written: { "20240102000000_b.sql": [/^-- \+goose NO TRANSACTION/, /-- \+goose Down\nDROP TABLE b;/] },
  },
  "sql-migrate": {
    table: "gorp_migrations",
    adopted: ["1 1_a.sql sql-migrate", "2 2_b.sql sql-migrate"],
    after: ["1 applied 1_a.sql", "2 applied 2_b.sql", "10 pending 10_c.sql"],
    written: {
      "1_a.sql": [/\$\$\n;\n-- \+goose StatementEnd|\$\$;\n-- \+goose StatementEnd/],
      "2_b.sql": [/^-- \+goose NO TRANSACTION/],
    },
  },
  Flyway: {
    table: "flyway_schema_history",
    adopted: ["100 100_a.sql Flyway", "110 110_b.sql Flyway"],
    after: ["100 applied 100_a.sql", "110 applied 110_b.sql", "200 pending 200_c.sql"],
    remarks: /R__views.sql is repeatable/,
    written: { "100_a.sql": [/-- \+goose Down\nDROP FUNCTION/], "110_b.sql": [/^-- \+goose NO TRANSACTION/] },
  },
  Prisma: {
    table: "_prisma_migrations",
    adopted: ["20240101000000 20240101000000_a.sql Prisma", "20240102000000 20240102000000_b.sql Prisma"],
    after: [
      "20240101000000 applied 20240101000000_a.sql",
      "20240102000000 applied 20240102000000_b.sql",
      "20240103000000 pending 20240103000000_c.sql",
    ],
    remarks: /^20240102000000_b has changed since it was applied/m,
    written: { "20240101000000_a.sql": [/-- \+goose Down\nDROP FUNCTION/] },
  },
  drizzle: {
    table: "drizzle.__drizzle_migrations",
    adopted: [
      `1704067200000 1704067200000_a.sql drizzle ${NO_TIME}`,
      `1704153600000 1704153600000_b.sql drizzle ${NO_TIME}`,
    ],
    after: [
      "1704067200000 applied 1704067200000_a.sql",
      "1704153600000 applied 1704153600000_b.sql",
      "1704240000000 pending 1704240000000_c.sql",
    ],
  },
  knex: {
    table: "knex_migrations",
    adopted: ["20240101000000 20240101000000_a.cjs knex", "20240102000000 20240102000000_b.cjs knex"],
    after: ["20240101000000 applied 20240101000000_a.cjs", "20240102000000 applied 20240102000000_b.cjs"],
  },
  "node-pg-migrate": {
    table: "pgmigrations",
    adopted: ["1704067200000 1704067200000_a.sql node-pg-migrate", "1704153600000 1704153600000_b.cjs node-pg-migrate"],
    after: [
      "1704067200000 applied 1704067200000_a.sql",
      "1704153600000 applied 1704153600000_b.cjs",
      "1704240000000 pending 1704240000000_c.sql",
    ],
    written: { "1704067200000_a.sql": [/-- \+goose Down\nDROP FUNCTION/] },
  },
  umzug: {
    table: '"SequelizeMeta"',
    adopted: [
      `20240101000000 20240101000000_a.cjs umzug ${NO_TIME}`,
      `20240102000000 20240102000000_b.cjs umzug ${NO_TIME}`,
    ],
    after: ["20240101000000 applied 20240101000000_a.cjs", "20240102000000 applied 20240102000000_b.cjs"],
  },
  kysely: {
    table: "kysely_migration",
    adopted: ["20240101 2024-01-01_a kysely", "20240102 2024-01-02_b kysely"],
    after: ["20240101 applied 2024-01-01_a", "20240102 applied 2024-01-02_b"],
  },
  "postgres-migrations": {
    table: "migrations",
    adopted: ["1 1_a.sql postgres-migrations", "2 2_b.sql postgres-migrations"],
    after: ["1 applied 1_a.sql", "2 applied 2_b.sql", "3 pending 3_c.sql"],
    written: { "2_b.sql": [/^-- \+goose NO TRANSACTION/] },
  },
  "graphile-migrate": {
    table: "graphile_migrate.migrations",
    adopted: ["1 000001_migration.sql graphile-migrate", "2 000002_Second_table.sql graphile-migrate"],
    after: ["1 applied 000001_migration.sql", "2 applied 000002_Second_table.sql", "3 pending 000003_migration.sql"],
    written: { "000002_Second_table.sql": [/^-- \+goose NO TRANSACTION/] },
  },
  sqitch: {
    table: "sqitch.changes",
    adopted: ["1 1_a.sql sqitch", "2 2_b.sql sqitch"],
    after: ["1 applied 1_a.sql", "2 applied 2_b.sql", "3 pending 3_c.sql"],
    written: { "1_a.sql": [/-- \+goose Down\n(--.*\n|\n)*DROP FUNCTION twice\(int\);\nDROP TABLE a;\n$/] },
  },
  Rails: {
    table: "schema_migrations",
    history: "gander_migrations",
    adopted: [
      `20240101000000 20240101000000_create_a.rb Rails ${NO_TIME}`,
      `20240102000000 20240102000000_create_b.rb Rails ${NO_TIME}`,
    ],
    after: ["20240101000000 applied 20240101000000_create_a.rb", "20240102000000 applied 20240102000000_create_b.rb"],
  },
  Alembic: {
    table: "alembic_version",
    adopted: [`1 versions/1975ea83b712_a.py Alembic ${NO_TIME}`, `2 versions/ae1027a6acf0_b.py Alembic ${NO_TIME}`],
    after: ["1 applied versions/1975ea83b712_a.py", "2 applied versions/ae1027a6acf0_b.py"],
    remarks: /everything it comes after counts[\s\S]*27c6a30d7c24_c.py is not applied and no SQL/,
  },
};

const TAKES_FILES = new Set(
  Object.keys(expected).filter((tool) => !["goose", "knex", "umzug", "kysely"].includes(tool)),
);

function fixture(database: TestDatabase, tool: string): Promise<unknown> {
  const made = readFileSync(new URL(`fixtures/${tool}.sql`, import.meta.url), "utf8");
  return database.query(`${SCHEMA}\n${made}`);
}

describe.each(servers())("adopting what another tool has applied, on PostgreSQL $major", (server) => {
  test.each(Object.keys(expected))("%s: status shows the truth, and up runs only what is new", async (tool) => {
    const { table, history = "schema_migrations", adopted, after, remarks, written = {} } = expected[tool]!;
    const { applied, pending } = projects[tool]!;
    await using database = await createDatabase(server);
    await fixture(database, tool);
    await using from = await createFolder({ ...applied, ...pending });
    await using folder = await createFolder();
    const to = join(folder.path, "migrations");
    const takesFiles = TAKES_FILES.has(tool);
    const migrations = takesFiles ? to : tool === "goose" ? from.path : [];
    const options = { history, ...(takesFiles && { from: from.path }) };
    const before = listing(from.path);
    const plan = await adopt(database, migrations, table, options);
    expect(plan.versions.map(({ version, name, source }) => `${version} ${name} ${source}`)).toEqual(adopted);
    expect(plan.remarks.join("\n")).toMatch(remarks ?? /^/);
    expect(listing(from.path)).toEqual(before);
    for (const [name, patterns] of Object.entries(written)) {
      const text = readFileSync(join(to, name), "utf8");
      for (const pattern of patterns) expect(text).toMatch(pattern);
    }
    const files = plan.rewritten.length > 0 || tool === "goose" ? migrations : [];
    const status = await statusOf(database, files, history);
    expect(status.map((line) => line.split(" ").slice(0, 3).join(" "))).toEqual(after);
    const news = after.filter((line) => line.includes(" pending ")).map((line) => line.split(" ")[2]);
    expect(await upWith(database, files, history)).toEqual(news);
    expect(await upWith(database, files, history)).toEqual([]);
    // Once more, as for a second database: the files are there.
    const again = await adopt(database, migrations, table, options);
    expect(again).toMatchObject({ versions: [], known: 2, undone: [] });
  });
});

describe.each(servers())("other forms of the tables, on PostgreSQL $major", (server) => {
  test("drizzle 1.0: folders instead of a journal, and when it was applied", async () => {
    await using database = await createDatabase(server);
    await database.query(`${SCHEMA} CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (
      id serial PRIMARY KEY, hash text NOT NULL, created_at bigint, name text, applied_at timestamptz DEFAULT now());
      INSERT INTO drizzle.__drizzle_migrations (hash, created_at, name, applied_at) VALUES
        ('x', 1704067200000, '20240101000000_a', '2024-05-01 10:00:00+00')`);
    await using from = await createFolder({
      "20240101000000_a/migration.sql": "CREATE TABLE a (x int);",
      "20240102000000_c/migration.sql": "CREATE TABLE c (x int);",
    });
    const to = join(from.path, "to");
    const plan = await adopt(database, to, "drizzle.__drizzle_migrations", { from: from.path });
    expect(plan.versions).toMatchObject([{ name: "1704067200000_a.sql", source: "drizzle" }]);
    expect(await upWith(database, to)).toEqual(["1704153600000_c.sql"]);
  });

  test("umzug: with times, and a table of somebody's own", async () => {
    await using database = await createDatabase(server);
    await database.query(`CREATE TABLE "SequelizeMeta" (name varchar(255) PRIMARY KEY, "createdAt" timestamptz, "updatedAt" timestamptz);
      INSERT INTO "SequelizeMeta" VALUES ('b.js', '2024-05-01 10:00:00+00', now()), ('a.js', '2024-05-01 11:00:00+00', now());
      CREATE TABLE umzug_history (name text PRIMARY KEY); INSERT INTO umzug_history VALUES ('1_x.js')`);
    const plan = await adopt(database, [], '"SequelizeMeta"');
    expect(plan.versions.map(({ version, key, source }) => `${version} ${key} ${source}`)).toEqual([
      "2 b.js umzug",
      "1 a.js umzug",
    ]);
    const options = { history: "other", tool: "umzug", tableFrom: "umzug_history" };
    expect((await adopt(database, [], "umzug_history", options)).versions).toMatchObject([
      { version: 1n, key: "1_x.js" },
    ]);
  });

  test("Flyway: an undo, a baseline, a deletion, dates with dots; Java is a version without SQL", async () => {
    await using database = await createDatabase(server);
    const [table] = readFileSync(new URL("fixtures/Flyway.sql", import.meta.url), "utf8").split("INSERT INTO");
    const row = (rank: number, version: string, type: string) =>
      `(${rank}, '${version}', 'd', '${type}', 's', 1, 'app', '2024-05-01 10:00:0${rank}', 1, true)`;
    const rows = [
      row(1, "2024.01.02", "BASELINE"),
      row(2, "2024.01.03", "SQL"),
      row(3, "2024.01.03", "UNDO_SQL"),
      row(4, "2024.01.04", "JDBC"),
      row(5, "2024.01.05", "SQL"),
      row(6, "2024.01.05", "DELETE"),
    ];
    await database.query(`${SCHEMA} ${table} INSERT INTO flyway_schema_history VALUES ${rows.join(", ")}`);
    await using from = await createFolder({
      "sql/V2024.01.01__a.sql": "CREATE TABLE a (x int);",
      "sql/V2024.01.02__b.sql": "CREATE TABLE b (x int);",
      "sql/V2024.01.03__c.sql": "CREATE TABLE c (x int);",
      "java/V2024_01_04__d.java": "class D {}",
    });
    const to = join(from.path, "to");
    const plan = await adopt(database, to, "flyway_schema_history", { from: from.path });
    expect(plan.versions.map(({ version, name }) => `${version} ${name}`)).toEqual([
      "20240101 20240101_a.sql",
      "20240102 20240102_b.sql",
      "20240104 java/V2024_01_04__d.java",
    ]);
    expect(plan.remarks.join("\n")).toMatch(/baseline at 2024\.01\.02/);
    expect(plan.pending).toMatchObject([{ name: "20240103_c.sql" }]);
  });
});

function listing(folder: string): unknown {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), "utf8")]);
}
