import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMigrator } from "../../src/index.ts";
import { buildGander, type BuiltGander } from "../cli/built-gander.ts";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import { startProxy } from "../support/proxy.ts";
import { newestServer } from "../support/server-list.ts";
import { libraryOf } from "./command-line.ts";
import { startServer, writeMigrations } from "./run-server.ts";
import { faultServers } from "./share.ts";

const TABLE = "CREATE TABLE a (x int); INSERT INTO a SELECT generate_series(1, 100); CREATE TABLE other (x int)";
const INDEXES =
  "SELECT indexrelid::regclass::text AS name, indisvalid AS valid FROM pg_index WHERE indrelid = 'a'::regclass";
const BUILDING = `SELECT count(*)::int AS n FROM pg_stat_activity
  WHERE datname = current_database() AND query LIKE 'CREATE%INDEX CONCURRENTLY%' AND wait_event_type = 'Lock'`;
const SLEEPING =
  "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";

let gander: BuiltGander;
beforeAll(async () => {
  gander = await buildGander();
});
afterAll(() => gander[Symbol.asyncDispose]());

/** A session whose transaction has a snapshot: CONCURRENTLY waits for it to end. */
async function holdSnapshot({ url }: TestDatabase) {
  const client = new Client(url);
  await client.connect();
  await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM other");
  return { letGo: () => client.query("COMMIT"), [Symbol.asyncDispose]: () => client.end() };
}

describe.each(faultServers())("an index that is being built, PostgreSQL $major", (server) => {
  test.each(["", "IF NOT EXISTS "])(
    "CONCURRENTLY %s, kill -9 of the client: the next start builds it",
    async (guard) => {
      await using database = await createDatabase(server);
      await database.query(TABLE);
      const migrations = writeMigrations({
        "1_a.sql": `-- +goose NO TRANSACTION\n-- +goose Up\nINSERT INTO a VALUES (101);\nCREATE UNIQUE INDEX CONCURRENTLY ${guard}a_x ON a (x);\nINSERT INTO a VALUES (102);\n`,
      });
      await using snapshot = await holdSnapshot(database);
      const running = startServer(libraryOf(gander.main), database.url, migrations);
      await expect.poll(() => database.query(BUILDING), { timeout: 30_000 }).toEqual([{ n: 1 }]);
      running.child.kill("SIGKILL");
      await running.ended;
      // The server may take its time to notice; before it does, the index is as good as being built.
      await database.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'CREATE%INDEX CONCURRENTLY%'",
      );
      await expect.poll(() => database.query(BUILDING), { timeout: 30_000 }).toEqual([{ n: 0 }]);
      expect(await database.query(INDEXES)).toEqual([{ name: "a_x", valid: false }]);
      await snapshot.letGo();
      expect(await startServer(libraryOf(gander.main), database.url, migrations).ended).toMatchObject({ exitCode: 0 });
      expect(await database.query(INDEXES)).toEqual([{ name: "a_x", valid: true }]);
      expect(await database.query("SELECT count(*)::int AS n, max(x) AS x FROM a")).toEqual([{ n: 102, x: 102 }]);
    },
  );

  test("a server that does not hear that its client is gone: its backend is ended, and the run goes on", async () => {
    await using database = await createDatabase(server);
    await database.query(`${TABLE}; CREATE TABLE free (x int)`);
    await using proxy = await startProxy({ host: server.host, port: server.port });
    const url = new URL(database.url);
    url.host = `${proxy.host}:${proxy.port}`;
    const text =
      "-- +goose Up\nINSERT INTO a VALUES (101);\nSELECT pg_sleep(10000) WHERE NOT EXISTS (SELECT FROM free);\n";
    await using migrator = createMigrator({ database: url.href, migrations: [{ name: "1_a.sql", text }] });
    const running = migrator.up();
    await expect.poll(() => database.query(SLEEPING), { timeout: 30_000 }).toEqual([{ n: 1 }]);
    await database.query("INSERT INTO free VALUES (1)");
    proxy.abandon();
    expect((await running).steps).toHaveLength(1);
    expect(await database.query("SELECT count(*)::int AS n FROM a WHERE x = 101")).toEqual([{ n: 1 }]);
    expect(await database.query(SLEEPING)).toEqual([{ n: 0 }]);
  });
});

describe("the way a run goes on by itself", () => {
  test("a Down that crashed outside a transaction is gone on with, too", async () => {
    await using database = await createDatabase(newestServer());
    await database.query(`${TABLE}; CREATE TABLE free (x int)`);
    const migrations = writeMigrations({
      "1_a.sql":
        "-- +goose NO TRANSACTION\n-- +goose Up\nINSERT INTO a VALUES (101);\n-- +goose Down\nINSERT INTO a VALUES (-1);\nSELECT pg_sleep(10000) WHERE NOT EXISTS (SELECT FROM free);\n",
    });
    expect(await startServer(libraryOf(gander.main), database.url, migrations).ended).toMatchObject({ exitCode: 0 });
    const running = startServer(libraryOf(gander.main), database.url, migrations, { action: "reset" });
    await expect.poll(() => database.query(SLEEPING), { timeout: 30_000 }).toEqual([{ n: 1 }]);
    running.child.kill("SIGKILL");
    await running.ended;
    await database.query("INSERT INTO free VALUES (1)");
    const next = await startServer(libraryOf(gander.main), database.url, migrations, { action: "reset" }).ended;
    expect(next).toMatchObject({ exitCode: 0 });
    expect(await database.query("SELECT count(*)::int AS n FROM a WHERE x = -1")).toEqual([{ n: 1 }]);
  });
});
