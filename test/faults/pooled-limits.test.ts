import { describe, expect, test } from "vitest";
import { createMigrator, type GanderEvent, type MigrationFailedError } from "../../src/index.ts";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";
import { hasPgbouncer, type Pooler, startPooler } from "./pgbouncer.ts";

const NAMES = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"];

/** Limits by the database that end any of these migrations; an index on `slow(x)` takes a second. */
async function limit(database: TestDatabase, major: number): Promise<void> {
  await database.query(`CREATE TABLE a (x int); INSERT INTO a VALUES (1);
CREATE FUNCTION slow(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT pg_sleep(1); SELECT 1'`);
  const names = [...NAMES, ...(major >= 17 ? ["transaction_timeout"] : [])];
  for (const name of names) await database.query(`ALTER DATABASE "${database.name}" SET ${name} = '400ms'`);
}

/** The limits that an application finds in each session of the pool. */
async function limitsInPool(pooler: Pooler, database: TestDatabase): Promise<unknown> {
  const { Client } = await import("pg");
  const clients = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const client = new Client(pooler.url(database.name));
      await client.connect();
      return client;
    }),
  );
  const sql = `SELECT concat(${NAMES.map((name) => `current_setting('${name}')`).join(", ' ', ")}) AS now, pg_sleep(0.2)`;
  const answers = await Promise.all(clients.map((client) => client.query<{ now: string }>(sql)));
  await Promise.all(clients.map((client) => client.end()));
  return [...new Set(answers.map(({ rows }) => rows[0]?.now))];
}

describe.runIf(hasPgbouncer).each(servers())("limits of a database, through PgBouncer, PostgreSQL $major", (server) => {
  test.each([4, 1])("end no migration, and hold for the application as before; %i server connections", async (size) => {
    await using database = await createDatabase(server);
    await using pooler = await startPooler(server, size);
    await limit(database, server.major);
    const files = {
      "1_a.sql": "-- +goose Up\nSELECT pg_sleep(1);\n",
      "2_b.sql":
        "-- +goose NO TRANSACTION\n-- +goose Up\nSELECT pg_sleep(1);\nCREATE INDEX CONCURRENTLY a_slow ON a (slow(x));\nVACUUM a;\nSELECT pg_sleep(1);\n",
    };
    const migrations = Object.entries(files).map(([name, text]) => ({ name, text }));
    await using migrator = createMigrator({ database: pooler.url(database.name), migrations });
    expect((await migrator.up()).steps).toHaveLength(2);
    const index = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_slow'::regclass";
    expect(await database.query(index)).toEqual([{ indisvalid: true }]);
    if (size > 1) expect(await limitsInPool(pooler, database)).toEqual(["400ms 400ms 400ms"]);
  });

  test("hold for the application as before when a statement that went alone has failed", async () => {
    await using database = await createDatabase(server);
    await using pooler = await startPooler(server, 4);
    await limit(database, server.major);
    await database.query("INSERT INTO a VALUES (1)");
    const text = "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE UNIQUE INDEX CONCURRENTLY a_x ON a (x);\n";
    await using migrator = createMigrator({
      database: pooler.url(database.name),
      migrations: [{ name: "1_a.sql", text }],
    });
    const error = (await migrator.up().catch((caught: unknown) => caught)) as MigrationFailedError;
    expect(error.failure).toMatchObject({ sqlState: "23505", line: 3 });
    expect(await limitsInPool(pooler, database)).toEqual(["400ms 400ms 400ms"]);
  });

  test("a table lock is waited for and given up as on a direct connection, with its holder", async () => {
    await using database = await createDatabase(server);
    await using pooler = await startPooler(server, 4);
    await limit(database, server.major);
    await database.query("BEGIN; LOCK TABLE a");
    const [holder] = await database.query("SELECT pg_backend_pid() AS pid");
    const events: GanderEvent[] = [];
    await using migrator = createMigrator({
      database: pooler.url(database.name),
      migrations: [
        { name: "1_a.sql", text: "-- +goose NO TRANSACTION\n-- +goose Up\nALTER TABLE a ADD y int;\nVACUUM FULL a;\n" },
      ],
      lockTimeout: 100,
      onEvent: (event) => {
        events.push(event);
        if (event.type === "step-retry" && event.attempt === 2) void database.query("COMMIT");
      },
    });
    expect((await migrator.up()).steps).toHaveLength(1);
    expect(events).toContainEqual(
      expect.objectContaining({
        type: "step-retry",
        holders: [expect.objectContaining({ backendId: holder?.["pid"] })],
      }),
    );
  });
});
