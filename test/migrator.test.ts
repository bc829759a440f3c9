import { Client, Pool } from "pg";
import { describe, expect, test } from "vitest";
import { AbortedError, ConfigError, createMigrator, FileError, migrateOnStart } from "../src/index.ts";
import { bundle, migratorFor } from "./run/fixtures.ts";
import { createDatabase } from "./support/create-database.ts";
import { newestServer } from "./support/server-list.ts";

const FILES = {
  "1_a.sql": ["CREATE TABLE a (id int);", "DROP TABLE a;"],
  "2_b.sql": "CREATE TABLE b (id int);",
} as const;

describe("a migrator", () => {
  test("a Client is given back as it was set, whatever the files and the role did to it", async () => {
    await using database = await createDatabase(newestServer());
    const role = `lent_${database.name}`;
    await database.query(`CREATE ROLE "${role}"; GRANT CREATE ON SCHEMA public TO "${role}"`);
    const client = new Client(database.url);
    await client.connect();
    try {
      await client.query("SET work_mem = '7MB'");
      await using migrator = migratorFor(
        client,
        {
          "1_a.sql": "SELECT pg_catalog.set_config('search_path', '', false);\nSET work_mem = '9MB';",
          "2_b.sql": "-- +goose NO TRANSACTION\n-- +goose Up\nSET DateStyle = 'German';\nSELECT 1;",
        },
        { role },
      );
      expect((await migrator.up()).steps).toHaveLength(2);
      const settings = ["search_path", "work_mem", "lock_timeout", "statement_timeout", "DateStyle", "role"];
      const shown = settings.map((name) => `current_setting('${name}') AS "${name}"`).join(", ");
      expect((await client.query(`SELECT ${shown}`)).rows).toEqual([
        {
          search_path: '"$user", public',
          work_mem: "7MB",
          lock_timeout: "0",
          statement_timeout: "0",
          DateStyle: "ISO, MDY",
          role: "none",
        },
      ]);
    } finally {
      await client.end();
      await database.query(`DROP OWNED BY "${role}"; DROP ROLE "${role}"`);
    }
  });

  test("takes a Pool and a Client, and leaves both usable and open", async () => {
    await using database = await createDatabase(newestServer());
    const pool = new Pool({ connectionString: database.url, max: 2 });
    const client = new Client(database.url);
    await client.connect();
    try {
      await using withPool = migratorFor(pool, { "1_a.sql": `${FILES["1_a.sql"][0]}\nSET search_path = pg_catalog;` });
      expect((await withPool.up({ limit: 1 })).steps).toHaveLength(1);
      await client.query("SET application_name = 'mine'; SET search_path = public");
      await using withClient = migratorFor(client, FILES, { changedFiles: "ignore" });
      expect((await withClient.up()).steps).toHaveLength(1);
      const { rows } = await client.query("SELECT current_setting('application_name') AS a, current_schema() AS s");
      expect(rows).toEqual([{ a: "mine", s: "public" }]);
      expect((await pool.query("SELECT current_schema() AS s")).rows).toEqual([{ s: "public" }]);
    } finally {
      await client.end();
      await pool.end();
    }
  });

  test("lets calls wait for each other", async () => {
    await using database = await createDatabase(newestServer());
    await using migrator = migratorFor(database.url, FILES);
    const results = await Promise.all([migrator.up({ limit: 1 }), migrator.up(), migrator.version(), migrator.up()]);
    expect(results.map((result) => (typeof result === "bigint" ? result : result.steps.length))).toEqual([1, 1, 2n, 0]);
  });

  test("keeps two histories apart by their tables, with names of all sorts", async () => {
    await using database = await createDatabase(newestServer());
    await database.query(`CREATE SCHEMA "Sch""ema"`);
    await using one = migratorFor(database.url, FILES, { table: '"Sch""ema"."My table"' });
    await using two = migratorFor(database.url, { "7_c.sql": "CREATE TABLE c (id int);" }, { table: "public.seven" });
    await one.up();
    await two.up();
    expect([await one.version(), await two.version()]).toEqual([2n, 7n]);
    expect((await one.status()).table).toBe('Sch"ema.My table');
    await using nowhere = migratorFor(database.url, FILES, { table: "no_such.history" });
    await expect(nowhere.up()).rejects.toThrow(ConfigError);
    expect(() => migratorFor(database.url, FILES, { table: "a.b.c" })).toThrow(ConfigError);
  });

  test("plans what it then does, both ways, and renders SQL that does the same by hand", async () => {
    await using database = await createDatabase(newestServer());
    await using migrator = migratorFor(database.url, FILES);
    const plan = await migrator.plan({ to: 1n });
    expect(plan.steps.map(({ migration }) => migration.version)).toEqual([1n]);
    await migrator.up({ limit: 1 });
    const text = await migrator.renderPlan(await migrator.plan());
    await database.query(text);
    expect((await migrator.status()).versions.map(({ state }) => state)).toEqual(["applied", "applied"]);
    expect((await migrator.up()).steps).toEqual([]);
    await expect(migrator.plan({ direction: "down", to: 1n })).rejects.toMatchObject({ code: "GANDER_IRREVERSIBLE" });
    const down = await migrator.plan({ direction: "down", to: 0n, allowEmptyDown: true });
    expect(down.steps.map(({ migration }) => migration.version)).toEqual([2n, 1n]);
  });

  test("runs nothing where one file of many does not parse", async () => {
    await using database = await createDatabase(newestServer());
    await using migrator = migratorFor(database.url, {
      ...FILES,
      "3_c.sql": "SELECT 'open",
      "4_d.sql": "SELECT $$open",
    });
    const error = await migrator.up().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(FileError);
    expect((error as FileError).problems.map(({ file }) => file)).toEqual(["3_c.sql", "4_d.sql"]);
    expect(await database.query("SELECT to_regclass('a') AS a, to_regclass('schema_migrations') AS h")).toEqual([
      { a: null, h: null },
    ]);
  });

  test("stops at a signal and at its time limit, rolls back, and goes on at the next start", async () => {
    await using database = await createDatabase(newestServer());
    const slow = { ...FILES, "3_c.sql": "CREATE TABLE c (id int);\nSELECT pg_sleep(600);" };
    await using limited = migratorFor(database.url, slow, { timeout: 700 });
    await expect(limited.up()).rejects.toThrow(/took longer than 700 ms/);
    const controller = new AbortController();
    const stopping = createMigrator({
      database: database.url,
      migrations: bundle(slow),
      onEvent: ({ type }) => type === "step-start" && controller.abort(),
    });
    await expect(stopping.up({ signal: controller.signal })).rejects.toThrow(AbortedError);
    await stopping.close();
    expect(await database.query("SELECT to_regclass('c') AS c")).toEqual([{ c: null }]);
    await using migrator = migratorFor(database.url, FILES);
    expect(await migrator.version()).toBe(2n);
  });

  test("migrateOnStart applies, and then does nothing", async () => {
    await using database = await createDatabase(newestServer());
    const options = { database: database.url, migrations: bundle(FILES) };
    expect((await migrateOnStart(options)).steps).toHaveLength(2);
    expect((await migrateOnStart(options)).steps).toHaveLength(0);
  });
});
