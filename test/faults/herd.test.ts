import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrateOnStart } from "../../src/index.ts";
import { createDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";
import { buildLibrary, startServer, writeMigrations } from "./run-server.ts";

const example = fileURLToPath(new URL("../../examples/chillproxy/migrations/postgres", import.meta.url));
const PROCESSES = 20;
let library: ReturnType<typeof buildLibrary>;

beforeAll(() => {
  library = buildLibrary();
});
afterAll(() => library.remove());

const startAll = (url: string, migrations: string, count = PROCESSES) =>
  Promise.all(Array.from({ length: count }, () => startServer(library.path, url, migrations).ended));

describe.each(servers())("many servers at once on PostgreSQL $major", (server) => {
  test("20 processes on an empty database: each of 45 migrations runs once, all end well", async () => {
    await using database = await createDatabase(server);
    const ended = await startAll(database.url, example);
    expect(ended.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    expect(
      await database.query("SELECT count(*)::int AS n, bool_or(is_dirty) AS dirty FROM schema_migrations"),
    ).toEqual([{ n: 45, dirty: false }]);
    expect(await database.query("SELECT event, count(*)::int AS n FROM schema_migrations_log GROUP BY event")).toEqual([
      { event: "applied", n: 45 },
    ]);
  });

  test("20 processes, 20 pending INSERTs: 20 rows", async () => {
    await using database = await createDatabase(server);
    await database.query("CREATE TABLE counted (n int)");
    const files = Array.from({ length: 20 }, (_, n) => [
      `${n + 1}_i.sql`,
      `-- +goose Up\nINSERT INTO counted VALUES (${n + 1});\n`,
    ]);
    const ended = await startAll(database.url, writeMigrations(Object.fromEntries(files)));
    expect(ended.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    expect(await database.query("SELECT count(*)::int AS n, count(DISTINCT n)::int AS d FROM counted")).toEqual([
      { n: 20, d: 20 },
    ]);
  });

  test("30 clients in one process, with CONCURRENTLY and data in the middle", async () => {
    await using database = await createDatabase(server);
    const migrations = [
      {
        name: "1_a.sql",
        text: "-- +goose Up\nCREATE TABLE a (x int);\nINSERT INTO a SELECT generate_series(1, 1000);\n",
      },
      {
        name: "2_b.sql",
        text: "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY a_x ON a (x);\nVACUUM a;\n",
      },
      { name: "3_c.sql", text: "-- +goose Up\nUPDATE a SET x = x + 1;\n" },
    ];
    const runs = await Promise.all(
      Array.from({ length: 30 }, () => migrateOnStart({ database: database.url, migrations })),
    );
    expect(runs.flatMap(({ steps }) => steps)).toHaveLength(3);
    expect(await database.query("SELECT max(x) AS x FROM a")).toEqual([{ x: 1001 }]);
    expect(await database.query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_x'::regclass")).toEqual([
      { indisvalid: true },
    ]);
  });

  test("a migration that fails runs once, and all that waited report it; the mended file goes through once", async () => {
    await using database = await createDatabase(server);
    const bad = writeMigrations({ "1_a.sql": "-- +goose Up\nSELECT pg_sleep(3);\nSELECT 1/0;\n" });
    const ended = await startAll(database.url, bad, 8);
    expect(ended.map(({ exitCode }) => exitCode)).toEqual(Array.from({ length: 8 }, () => 1));
    for (const { answer } of ended) expect(answer).toMatchObject({ code: "GANDER_MIGRATION_FAILED" });
    expect(await database.query("SELECT count(*)::int AS n FROM schema_migrations_log WHERE event = 'failed'")).toEqual(
      [{ n: 1 }],
    );
    const good = writeMigrations({ "1_a.sql": "-- +goose Up\nSELECT 1;\n" });
    expect((await startAll(database.url, good, 8)).map(({ exitCode }) => exitCode)).toEqual(
      Array.from({ length: 8 }, () => 0),
    );
    expect(
      await database.query("SELECT count(*)::int AS n FROM schema_migrations_log WHERE event = 'applied'"),
    ).toEqual([{ n: 1 }]);
  });
});
