// Makes the databases of test/history/adopt/fixtures with the real tools, as far as they are there; the others stay. Packages
// are those of bench/, or of a folder of your own (TOOLS=folder: graphile-migrate, umzug, sequelize, pg); programs are found
// on the PATH (goose, migrate, sql-migrate, sqitch).
//
//   (cd bench && npm ci) && bench/node_modules/.bin/tsx test/support/remake-adopt-fixtures.ts [TOOL…]
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { Client } from "pg";
import { projects } from "../history/adopt/fixture-files.ts";
import { startServer } from "./server.ts";

const bench = createRequire(new URL("../../bench/package.json", import.meta.url));
const others = createRequire(join(process.env["TOOLS"] ?? process.cwd(), "package.json"));
const load = async (name: string) => await import(pathToFileURL(resolvePackage(name)).href);
const resolvePackage = (name: string): string => {
  try {
    return bench.resolve(name);
  } catch {
    return others.resolve(name);
  }
};
const versionOf = (name: string): string => {
  let folder = dirname(resolvePackage(name));
  for (;;) {
    try {
      const { name: found, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      if (found === name) return version;
    } catch {}
    folder = dirname(folder);
  }
};

type Run = (url: string, folder: string) => Promise<string>;

const execute = (program: string, args: readonly string[], options: object = {}): string =>
  execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], ...options });

const tools: Readonly<Record<string, Run>> = {
  goose: async (url, folder) => {
    execute("goose", ["-dir", folder, "postgres", url, "up"]);
    return execute("goose", ["--version"]).trim();
  },
  "golang-migrate": async (url, folder) => {
    execute("migrate", ["-path", folder, "-database", `${url}?sslmode=disable`, "up"]);
    return "golang-migrate 4.18.3";
  },
  "sql-migrate": async (url, folder) => {
    const config = join(folder, "dbconfig.yml");
    writeFileSync(
      config,
      `development:\n  dialect: postgres\n  datasource: ${url}?sslmode=disable\n  dir: ${folder}\n`,
    );
    execute("sql-migrate", ["up", `-config=${config}`]);
    return `sql-migrate ${execute("sql-migrate", ["--version"]).trim()}`;
  },
  sqitch: async (url, folder) => {
    const { host, pathname } = new URL(url);
    const config = "[core]\n  engine = pg\n[user]\n  name = Ann\n  email = ann@example.com\n";
    writeFileSync(join(folder, "sqitch.conf"), config);
    execute("sqitch", ["deploy", `db:pg://postgres@${host}${pathname}`], { cwd: folder });
    return execute("sqitch", ["--version"]).trim();
  },
  "graphile-migrate": async (url, folder) => {
    const { migrate, commit } = await load("graphile-migrate");
    const settings = { connectionString: url, shadowConnectionString: url, migrationsFolder: folder };
    await migrate(settings);
    void commit;
    return `graphile-migrate ${versionOf("graphile-migrate")}`;
  },
  umzug: async (url, folder) => {
    const { Sequelize } = others("sequelize");
    const { Umzug, SequelizeStorage } = others("umzug");
    const sequelize = new Sequelize(url, { logging: false });
    const files = Object.entries(projects["umzug"]!.applied);
    const migrations = files.map(([name, text]) => ({ name, up: () => sequelize.query(text) }));
    await new Umzug({ migrations, storage: new SequelizeStorage({ sequelize }), logger: undefined }).up();
    await sequelize.close();
    void folder;
    return `umzug ${versionOf("umzug")} with its storage for Sequelize`;
  },
  dbmate: async (url, folder) => {
    const program = join(
      dirname(bench.resolve(`@dbmate/${process.platform}-${process.arch}/package.json`)),
      "bin/dbmate",
    );
    execFileSync(program, [
      "--url",
      `${url}?sslmode=disable`,
      "--migrations-dir",
      folder,
      "--no-dump-schema",
      "migrate",
    ]);
    return execFileSync(program, ["--version"], { encoding: "utf8" }).trim();
  },
  knex: async (url, folder) => {
    const { default: knex } = await load("knex");
    const db = knex({ client: "pg", connection: url });
    await db.migrate.latest({ directory: folder });
    await db.destroy();
    return `knex ${versionOf("knex")}`;
  },
  drizzle: async (url, folder) => {
    const { drizzle } = await load("drizzle-orm/node-postgres");
    const { migrate } = await load("drizzle-orm/node-postgres/migrator");
    const client = new Client(url);
    await client.connect();
    await migrate(drizzle(client), { migrationsFolder: folder });
    await client.end();
    return `drizzle-orm ${versionOf("drizzle-orm")}`;
  },
  "node-pg-migrate": async (url, folder) => {
    const { runner } = await load("node-pg-migrate");
    const quiet = { debug() {}, info() {}, warn() {}, error: console.error };
    await runner({ databaseUrl: url, dir: folder, direction: "up", migrationsTable: "pgmigrations", logger: quiet });
    return `node-pg-migrate ${versionOf("node-pg-migrate")}`;
  },
  kysely: async (url) => {
    const { Kysely, Migrator, PostgresDialect, sql } = await load("kysely");
    const { default: pg } = await load("pg");
    const db = new Kysely({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url, max: 1 }) }) });
    const files = Object.entries(projects["kysely"]!.applied);
    const migrations = Object.fromEntries(
      files.map(([name, text]) => [name.replace(/\.mjs$/, ""), { up: (on: unknown) => sql.raw(text).execute(on) }]),
    );
    const { error } = await new Migrator({ db, provider: { getMigrations: async () => migrations } }).migrateToLatest();
    if (error) throw error;
    await db.destroy();
    return `kysely ${versionOf("kysely")}`;
  },
  "postgres-migrations": async (url, folder) => {
    const { migrate } = await load("postgres-migrations");
    const client = new Client(url);
    await client.connect();
    await migrate({ client }, folder);
    await client.end();
    return `postgres-migrations ${versionOf("postgres-migrations")}`;
  },
};

/** The tools' own tables as SQL: sequences, tables with their constraints, and rows. */
async function dump(client: Client): Promise<string> {
  const ask = async (sql: string): Promise<Record<string, string>[]> => (await client.query(sql)).rows;
  const user = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relname NOT IN ('a', 'b')";
  const lines: string[] = [];
  for (const { nspname } of await ask(
    `SELECT DISTINCT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${user} AND n.nspname <> 'public'`,
  )) {
    lines.push(`CREATE SCHEMA ${nspname};`);
  }
  for (const { name } of await ask(
    `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${user} AND c.relkind = 'S'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'i') ORDER BY 1`,
  )) {
    lines.push(`CREATE SEQUENCE ${name};`);
  }
  for (const { oid, name } of await ask(
    `SELECT c.oid::text AS oid, c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${user} AND c.relkind = 'r' ORDER BY 2`,
  )) {
    const columns = await ask(`SELECT format('%I %s%s%s', attname, format_type(atttypid, atttypmod),
        CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END || CASE WHEN attidentity = 'd' THEN ' GENERATED BY DEFAULT AS IDENTITY' ELSE '' END, ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid)) AS text
      FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE attrelid = ${oid} AND attnum > 0 AND NOT attisdropped ORDER BY attnum`);
    const constraints = await ask(
      `SELECT format('CONSTRAINT %I %s', conname, pg_get_constraintdef(oid)) AS text FROM pg_constraint WHERE conrelid = ${oid} AND contype NOT IN ('n', 'f') ORDER BY conname`,
    );
    lines.push(`CREATE TABLE ${name} (\n  ${[...columns, ...constraints].map(({ text }) => text).join(",\n  ")}\n);`);
    for (const { text } of await ask(`SELECT t::text AS text FROM ${name} t ORDER BY 1`)) {
      lines.push(`INSERT INTO ${name} SELECT (${literal(text!)}::${name}).*;`);
    }
  }
  for (const { text } of await ask(
    "SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s;', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS text FROM pg_constraint WHERE contype = 'f' ORDER BY 1",
  )) {
    lines.push(text!);
  }
  return lines.join("\n");
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

const server = await startServer(18);
const only = process.argv.slice(2);
try {
  for (const [tool, run] of Object.entries(tools)) {
    if (only.length > 0 && !only.includes(tool)) continue;
    const folder = mkdtempSync(join(tmpdir(), "gander-fixture-"));
    for (const [path, text] of Object.entries(projects[tool]!.applied)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const admin = new Client(`postgres://postgres@127.0.0.1:${server.port}/postgres`);
    await admin.connect();
    const name = `fixture_${tool.replaceAll("-", "_")}`;
    await admin.query(`CREATE DATABASE ${name}`);
    await admin.end();
    const url = `postgres://postgres@127.0.0.1:${server.port}/${name}`;
    const version = await run(url, folder).catch((error: unknown) =>
      console.error(`${tool}: not made: ${String(error)}`),
    );
    if (version === undefined) continue;
    const client = new Client(url);
    await client.connect();
    // A day that is over wherever the tests run.
    const made = (await dump(client)).replaceAll(new Date().toISOString().slice(0, 10), "2024-05-01");
    const text = `-- Made by ${version} (test/support/remake-adopt-fixtures.ts).\n${made}\n`;
    await client.end();
    writeFileSync(new URL(`../history/adopt/fixtures/${tool}.sql`, import.meta.url), text);
    rmSync(folder, { recursive: true });
    console.log(`${tool}: ${version}`);
  }
} finally {
  await server.stop();
}
