import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";
import { buildLibrary, startServer, writeMigrations } from "./run-server.ts";

const WAITERS = 5;
const MIGRATIONS = {
  "1_a.sql": "-- +goose Up\nCREATE TABLE IF NOT EXISTS a (x int);\nINSERT INTO a VALUES (1);\n",
  "2_b.sql": "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY a_x ON a (x);\n",
};

let library: ReturnType<typeof buildLibrary>;
beforeAll(() => {
  library = buildLibrary();
});
afterAll(() => library.remove());

describe.each(servers())("promise 3, a waiter blocks nobody, on PostgreSQL $major", (server) => {
  test("CONCURRENTLY gets past five servers that wait, and waits for a snapshot of another session", async () => {
    await using database = await createDatabase(server);
    await database.query("CREATE TABLE a (x int); CREATE TABLE other (x int)");
    const reader = new Client(database.url);
    await reader.connect();
    try {
      await reader.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM other");
      const migrations = writeMigrations(MIGRATIONS);
      const running = Array.from({ length: WAITERS + 1 }, () => startServer(library.path, database.url, migrations));
      await expect.poll(() => database.query(WAITING), { timeout: 60_000 }).toEqual([{ builds: 1, servers: 6 }]);
      // The reader stays for the time in which a waiter that blocked would be in a deadlock (deadlock_timeout is 1 s).
      await reader.query("SELECT pg_sleep(2)");
      expect(await database.query(WAITING)).toEqual([{ builds: 1, servers: 6 }]);
      await reader.query("COMMIT");
      const ended = await Promise.all(running.map(({ ended: end }) => end));
      expect(ended.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    } finally {
      await reader.end();
    }
    expect(await database.query("SELECT indisvalid FROM pg_index WHERE indrelid = 'a'::regclass")).toEqual([
      { indisvalid: true },
    ]);
    expect(await database.query("SELECT x FROM a")).toEqual([{ x: 1 }]);
  });
});

/** The index that is being built, and all servers connected; the test's own two sessions do not count. */
const WAITING = `SELECT count(*) FILTER (WHERE query LIKE 'CREATE INDEX%' AND state = 'active')::int AS builds,
  count(*)::int - 2 AS servers FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'`;
