import { Client } from "pg";
import { describe, expect, test } from "vitest";
import { createMigrator, type LockTimeoutError } from "../../src/index.ts";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";

const TRANSACTIONAL = "-- +goose Up\nCREATE TABLE made (x int);\nALTER TABLE busy ADD COLUMN y int;\n";
const OUTSIDE =
  "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE made (x int);\nALTER TABLE busy ADD COLUMN y int;\n";

/** A session with a transaction that has read the table `busy`, and so holds a lock on it. */
async function holdTable(database: TestDatabase) {
  await database.query("CREATE TABLE busy (x int); INSERT INTO busy VALUES (1)");
  const client = new Client(database.url);
  await client.connect();
  const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  await client.query("BEGIN; SELECT * FROM busy");
  return {
    pid: rows[0]?.pid,
    letGo: () => client.query("COMMIT"),
    [Symbol.asyncDispose]: () => client.end(),
  };
}

const COLUMNS = "SELECT count(*)::int AS n FROM pg_attribute WHERE attrelid = 'busy'::regclass AND attname = 'y'";

describe.each(servers())("promise 4, nobody queues behind us, on PostgreSQL $major", (server) => {
  test.each([
    ["in a transaction", TRANSACTIONAL],
    ["outside a transaction", OUTSIDE],
  ])("%s: a SELECT gets through while we wait, and so do we when the table is free", async (_, text) => {
    await using database = await createDatabase(server);
    await using holder = await holdTable(database);
    let retries = 0;
    let read: Promise<unknown> | undefined;
    await using migrator = createMigrator({
      database: database.url,
      migrations: [{ name: "1_a.sql", text }],
      lockTimeout: 300,
      onEvent: ({ type }) => {
        if (type !== "step-retry") return;
        retries++;
        // It queues behind the lock that the next try asks for, if that is not given up.
        read ??= database.query("SELECT pg_sleep(0.2); SELECT x FROM busy").then(async (rows) => {
          await holder.letGo();
          return rows;
        });
      },
    });
    expect((await migrator.up()).steps).toHaveLength(1);
    expect(await read).toEqual([{ x: 1 }]);
    expect(retries).toBeGreaterThan(0);
    expect(await database.query(COLUMNS)).toEqual([{ n: 1 }]);
  });

  test("gives up when its time is over, names who is in the way, leaves nothing, and goes through the next time", async () => {
    await using database = await createDatabase(server);
    await using holder = await holdTable(database);
    const migrations = [{ name: "1_a.sql", text: TRANSACTIONAL }];
    await using migrator = createMigrator({ database: database.url, migrations, lockTimeout: 300, lockRetry: 1_000 });
    const error = (await migrator.up().catch((caught: unknown) => caught)) as LockTimeoutError;
    expect(error).toMatchObject({ code: "GANDER_LOCK_TIMEOUT", lock: "table" });
    expect(`${error.message}\n${error.hint}`).toContain(`PID ${holder.pid}`);
    expect(
      await database.query("SELECT to_regclass('made') AS made, count(*)::int AS n FROM schema_migrations"),
    ).toEqual([{ made: null, n: 0 }]);
    expect(await database.query(COLUMNS)).toEqual([{ n: 0 }]);
    await holder.letGo();
    expect((await migrator.up()).steps).toHaveLength(1);
    expect((await migrator.status()).versions.map(({ state }) => state)).toEqual(["applied"]);
  });

  test("outside a transaction: what is done stays when its time is over, and the next start goes on from there", async () => {
    await using database = await createDatabase(server);
    await using holder = await holdTable(database);
    const migrations = [{ name: "1_a.sql", text: OUTSIDE }];
    await using migrator = createMigrator({ database: database.url, migrations, lockTimeout: 100, lockRetry: 300 });
    await expect(migrator.up()).rejects.toMatchObject({ code: "GANDER_LOCK_TIMEOUT", lock: "table" });
    expect(await database.query("SELECT state, statements_done AS done FROM schema_migrations")).toEqual([
      { state: "running", done: 1 },
    ]);
    await holder.letGo();
    expect((await migrator.up()).steps).toHaveLength(1);
    expect(await database.query(COLUMNS)).toEqual([{ n: 1 }]);
  });
});
