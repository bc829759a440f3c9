import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrateOnStart } from "../../src/index.ts";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import { hasPgbouncer, type Pooler, startPooler } from "./pgbouncer.ts";
import { buildLibrary, startServer, writeMigrations } from "./run-server.ts";
import { faultServers } from "./share.ts";

const PROCESSES = 10;
const POOL_SIZE = 5;
const SLEEPING =
  "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";

const COUNTED = "CREATE TABLE counted (n int)";
const inserts = (n: number) => `-- +goose Up\nINSERT INTO counted VALUES (${n});\n`;
const outside = (n: number) =>
  `-- +goose NO TRANSACTION\n-- +goose Up\nINSERT INTO counted VALUES (${n});\nCREATE INDEX CONCURRENTLY counted_${n} ON counted (n);\n`;

let library: ReturnType<typeof buildLibrary>;
beforeAll(() => {
  library = buildLibrary();
});
afterAll(() => library.remove());

async function expectEachOnce(database: TestDatabase, count: number): Promise<void> {
  const rows = await database.query<{ n: number }>("SELECT n FROM counted ORDER BY n");
  expect(rows.map(({ n }) => n)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
  expect(await database.query("SELECT event, count(*)::int AS n FROM schema_migrations_log GROUP BY event")).toEqual([
    { event: "applied", n: count },
  ]);
  expect(await database.query("SELECT count(*)::int AS n FROM schema_migrations WHERE is_dirty")).toEqual([{ n: 0 }]);
  expect(await database.query("SELECT count(*)::int AS n FROM pg_index WHERE NOT indisvalid")).toEqual([{ n: 0 }]);
}

describe.runIf(hasPgbouncer).each(faultServers())("through PgBouncer, PostgreSQL $major", (server) => {
  let pooler: Pooler;
  beforeAll(async () => {
    pooler = await startPooler(server, POOL_SIZE);
  });
  afterAll(() => pooler[Symbol.asyncDispose]());

  const startAll = (url: string, migrations: string) =>
    Promise.all(Array.from({ length: PROCESSES }, () => startServer(library.path, url, migrations).ended));

  test("10 processes, nothing but a migration outside a transaction", async () => {
    await using database = await createDatabase(server);
    await database.query(COUNTED);
    const ended = await startAll(pooler.url(database.name), writeMigrations({ "1_i.sql": outside(1) }));
    expect(ended.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    await expectEachOnce(database, 1);
  });

  test("10 processes, session pooling with fewer connections than there are processes", async () => {
    await using sessions = await startPooler(server, 3, "pool_mode = session");
    await using database = await createDatabase(server);
    await database.query(COUNTED);
    const migrations = writeMigrations({ "1_i.sql": inserts(1), "2_i.sql": outside(2), "3_i.sql": inserts(3) });
    const ended = await startAll(sessions.url(database.name), migrations);
    expect(ended.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    await expectEachOnce(database, 3);
  });

  test("a Pool of pg with one connection, and an application that goes on with it", async () => {
    await using database = await createDatabase(server);
    await database.query(COUNTED);
    const migrations = writeMigrations({ "1_i.sql": inserts(1), "2_i.sql": outside(2), "3_i.sql": inserts(3) });
    const pool = new pg.Pool({ connectionString: pooler.url(database.name), max: 1 });
    try {
      const runs = await Promise.all([1, 2, 3].map(() => migrateOnStart({ database: pool, migrations })));
      expect(runs.flatMap(({ steps }) => steps)).toHaveLength(3);
      expect((await pool.query("SELECT count(*)::int AS n FROM counted")).rows).toEqual([{ n: 3 }]);
    } finally {
      await pool.end();
    }
    await expectEachOnce(database, 3);
  });

  test("a statement that outlives its killed client leaves nothing when the next start has taken over", async () => {
    await using database = await createDatabase(server);
    await database.query(COUNTED);
    const migrations = writeMigrations({
      "1_i.sql":
        "-- +goose NO TRANSACTION\n-- +goose Up\nINSERT INTO counted SELECT 1 FROM (SELECT pg_sleep(1.5)) AS pause;\nINSERT INTO counted VALUES (2);\n",
    });
    const running = startServer(library.path, pooler.url(database.name), migrations);
    await expect.poll(() => database.query(SLEEPING), { timeout: 30_000 }).toEqual([{ n: 1 }]);
    running.child.kill("SIGKILL");
    await running.ended;
    const next = await startServer(library.path, pooler.url(database.name), migrations).ended;
    expect(next).toMatchObject({ exitCode: 0 });
    await expect.poll(() => database.query(SLEEPING), { timeout: 30_000 }).toEqual([{ n: 0 }]);
    expect(await database.query("SELECT n FROM counted ORDER BY n")).toEqual([{ n: 1 }, { n: 2 }]);
  });
});

describe.each(faultServers())("a Pool of pg with one connection, PostgreSQL $major", (server) => {
  test("several runs at once, one outside a transaction among the migrations", async () => {
    await using database = await createDatabase(server);
    await database.query(COUNTED);
    const migrations = writeMigrations({ "1_i.sql": inserts(1), "2_i.sql": outside(2), "3_i.sql": inserts(3) });
    const pools = [1, 2, 3].map(() => new pg.Pool({ connectionString: database.url, max: 1 }));
    try {
      const runs = await Promise.all(
        pools.flatMap((pool) => [1, 2].map(() => migrateOnStart({ database: pool, migrations }))),
      );
      expect(runs.flatMap(({ steps }) => steps)).toHaveLength(3);
    } finally {
      await Promise.all(pools.map((pool) => pool.end()));
    }
    await expectEachOnce(database, 3);
  });
});
