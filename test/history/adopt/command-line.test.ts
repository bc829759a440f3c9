import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createFolder, runGander } from "../../cli/run-gander.ts";
import { createDatabase } from "../../support/create-database.ts";
import { servers } from "../../support/server-list.ts";
import { projects } from "./fixture-files.ts";

const DBMATE = readFileSync(new URL("fixtures/dbmate.sql", import.meta.url), "utf8");
const SCHEMA = "CREATE TABLE a (x int); CREATE TABLE b (x int);";
const { applied, pending } = projects["dbmate"]!;
const below = (files: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`db/${name}`, text]));

describe.each(servers())("gander adopt and baseline, on PostgreSQL $major", (server) => {
  test("offers a table, shows all of it, asks, and keeps the table's name", async () => {
    await using database = await createDatabase(server);
    await database.query(`${SCHEMA} ${DBMATE}`);
    await using folder = await createFolder(below({ ...applied, ...pending }));
    const environment = { DATABASE_URL: database.url };
    const options = { environment, cwd: folder.path };
    const paths = ["--from", join(folder.path, "db"), "--to", join(folder.path, "migrations")];
    const bare = await runGander(["adopt", ...paths], options);
    expect(bare).toMatchObject({ code: 1 });
    expect(bare.log).toMatch(/belongs to Rails or dbmate[\s\S]*gander adopt --table public\.gander_migrations/);
    const args = ["adopt", "--table", "gander_migrations", ...paths];

    const dry = await runGander([...args, "--dry-run"], options);
    expect(dry.out).toMatch(
      /What dbmate has applied \(public\.schema_migrations\) comes into public\.gander_migrations/,
    );
    expect(dry.out).toMatch(/20240101000000 +not known +20240101000000_a\.sql/);
    expect(dry.out).toMatch(/20240102000000_b\.sql +→ +20240102000000_b\.sql/);
    expect(dry.out).toMatch(/2 versions to take over\. Left for gander up: 20240103000000_c\.sql\./);
    const no = await runGander(args, { ...options, typed: "n\n" });
    expect([no.code, no.log]).toEqual([2, expect.stringContaining("nothing was changed")]);
    expect((await runGander(args, options)).log).toMatch(/--yes/);

    const done = await runGander(args, { ...options, typed: "y\n" });
    expect(done.code).toBe(0);
    expect(done.out).toMatch(/2 versions of dbmate taken over.* into public\.gander_migrations/);
    const config = JSON.parse(readFileSync(join(folder.path, "gander.config.json"), "utf8"));
    expect(config).toEqual({ table: "gander_migrations", dir: "migrations" });
    const status = await runGander(["status", "--dir", join(folder.path, "migrations")], options);
    expect(status.out).toMatch(/applied .*20240101000000_a\.sql \(dbmate \(time of adoption\)\)/);
    expect(status.out).toMatch(/2 applied, 1 pending/);
    const log = await database.query("SELECT DISTINCT event FROM gander_migrations_log");
    expect(log).toEqual([{ event: "adopted" }]);
  });

  test("as JSON, with other languages as versions without SQL", async () => {
    await using database = await createDatabase(server);
    await database.query(`${SCHEMA} ${readFileSync(new URL("fixtures/knex.sql", import.meta.url), "utf8")}`);
    await using folder = await createFolder({ "gander.config.json": '{ "dir": "m" }', "m/.keep": "" });
    const environment = { DATABASE_URL: database.url };
    const dir = ["--dir", join(folder.path, "m")];
    const done = await runGander(["adopt", "--yes", "--json", ...dir], { environment, cwd: folder.path });
    expect(done.json()).toMatchObject({
      command: "adopt",
      tool: "knex",
      versions: [{ version: "20240101000000", sql: false, source: "knex" }, { version: "20240102000000" }],
      config: [],
    });
    const status = await runGander(["status", ...dir], { environment, cwd: folder.path });
    expect(status.out).toMatch(/applied .*20240101000000_a\.cjs \(knex, no SQL\)/);
    expect(
      (await runGander(["up", "--unknown-versions", "refuse", ...dir], { environment, cwd: folder.path })).code,
    ).toBe(0);
  });

  test("a baseline: nothing runs, up goes on after it", async () => {
    await using database = await createDatabase(server);
    await using folder = await createFolder({
      "1_a.sql": "-- +goose Up\nCREATE TABLE a (x int);\n",
      "2_b.sql": "-- +goose Up\nCREATE TABLE b (x int);\n",
      "3_c.sql": "-- +goose Up\nCREATE TABLE c (x int);\n",
    });
    const options = { environment: { DATABASE_URL: database.url }, cwd: folder.path };
    const run = (...args: string[]) => runGander([...args, "--dir", folder.path], options);
    expect((await run("baseline", "2", "--yes")).log).toMatch(/this database is empty[\s\S]*--allow-empty/);
    await database.query(SCHEMA);
    expect((await run("baseline", "7", "--yes")).log).toMatch(/no migration with version 7/);
    expect((await run("baseline", "2", "--dry-run")).out).toMatch(/1_a\.sql\n +2_b\.sql\n\nThe database has 2 tables/);
    expect(await database.query("SELECT to_regclass('schema_migrations') AS t")).toEqual([{ t: null }]);
    await database.query("CREATE TABLE gorp_migrations (id text PRIMARY KEY, applied_at timestamptz)");
    expect((await run("baseline", "2", "--dry-run")).out).toMatch(
      /note: sql-migrate has a table here \(public\.gorp_migrations\): gander adopt/,
    );
    expect((await run("baseline", "2", "--yes")).out).toMatch(
      /marked as being at version 2: 2 migrations count as applied/,
    );
    expect((await run("status")).out).toMatch(/1_a\.sql \(baseline\)[\s\S]*2 applied, 1 pending/);
    expect((await run("baseline", "3", "--yes")).log).toMatch(/has 2 applied versions already/);
    expect((await run("up")).out).toMatch(/1 migration applied.*at version 3/);
    expect(await database.query("SELECT event FROM schema_migrations_log ORDER BY id")).toEqual([
      { event: "baselined" },
      { event: "baselined" },
      { event: "applied" },
    ]);
  });

  test("a baseline of an empty database, where it is told to", async () => {
    await using database = await createDatabase(server);
    await using folder = await createFolder({ "1_a.sql": "-- +goose Up\nSELECT 1;\n" });
    const options = { environment: { DATABASE_URL: database.url }, cwd: folder.path };
    const done = await runGander(["baseline", "1", "--yes", "--allow-empty", "--json", "--dir", folder.path], options);
    expect(done.json()).toMatchObject({ command: "baseline", version: "1", objects: 0, versions: [{ version: "1" }] });
  });

  test("a config file that is a program is told the line to add", async () => {
    await using database = await createDatabase(server);
    await database.query(`${SCHEMA} ${DBMATE}`);
    await using folder = await createFolder({ ...below(applied), "gander.config.mjs": "export default {};" });
    const options = { environment: { DATABASE_URL: database.url }, cwd: folder.path };
    const paths = ["--from", join(folder.path, "db"), "--to", join(folder.path, "migrations")];
    const done = await runGander(["adopt", "--yes", "--table", "gander_migrations", ...paths], options);
    expect(done.out).toMatch(/Add to gander\.config\.mjs:\n {2}table: "gander_migrations",\n {2}dir: "migrations",/);
    expect(readFileSync(join(folder.path, "gander.config.mjs"), "utf8")).toBe("export default {};");
  });
});
