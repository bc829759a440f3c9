import { Client, Pool } from "pg";
import { describe, expect, test } from "vitest";
import type { MigrationFailedError } from "../../src/index.ts";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";
import { migratorFor } from "./fixtures.ts";

/** Limits that are short enough to end any migration of these tests, by the database. */
async function limit(database: TestDatabase, major: number): Promise<void> {
  const limits = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"];
  if (major >= 14) limits.push("idle_session_timeout");
  if (major >= 17) limits.push("transaction_timeout");
  for (const name of limits) await database.query(`ALTER DATABASE "${database.name}" SET ${name} = '400ms'`);
}

const SLOW = "SELECT pg_sleep(1);";
const OUTSIDE = "-- +goose NO TRANSACTION\n-- +goose Up\n";

/** Waits for the second table once the other session waits for the first: each session looks for a deadlock only once. */
const DEADLOCK = `SET LOCAL deadlock_timeout = '50ms';
LOCK TABLE a;
DO $$ BEGIN
  WHILE EXISTS (SELECT FROM pg_locks WHERE relation = 'b'::regclass AND granted)
    AND NOT EXISTS (SELECT FROM pg_locks WHERE relation = 'a'::regclass AND NOT granted)
  LOOP
    PERFORM pg_sleep(0.01);
  END LOOP;
END $$;
LOCK TABLE b;`;

describe.each(servers())("limits of a role or a database, on PostgreSQL $major", (server) => {
  test("end no migration: in a transaction, outside, alone, and between two tries", async () => {
    await using database = await createDatabase(server);
    await database.query("CREATE TABLE busy (x int)");
    const blocker = new Client(database.url);
    await blocker.connect();
    await limit(database, server.major);
    await blocker.query("BEGIN; SELECT FROM busy");
    let attempts = 0;
    await using migrator = migratorFor(
      database.url,
      {
        "1_a.sql": `CREATE TABLE a (x int);\n${SLOW}`,
        "2_b.sql": `CREATE FUNCTION slow(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT pg_sleep(1); SELECT 1';\nINSERT INTO a VALUES (1);`,
        "3_c.sql": `${OUTSIDE}${SLOW}\nCREATE INDEX CONCURRENTLY a_slow ON a (slow(x));\n${SLOW}`,
        "4_d.sql": "ALTER TABLE busy ADD y int;",
      },
      {
        lockTimeout: 100,
        onEvent: (event) => {
          // The pauses have grown beyond the limits by then.
          if (event.type === "step-retry" && (attempts = event.attempt) === 6) void blocker.end();
        },
      },
    );
    expect((await migrator.up()).steps).toHaveLength(4);
    expect(attempts).toBeGreaterThanOrEqual(6);
    const valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_slow'::regclass";
    const client = new Client(database.url);
    await client.connect();
    expect((await client.query(valid)).rows).toEqual([{ indisvalid: true }]);
    await client.end();
  });

  test("do not end a server that waits for another one", async () => {
    await using database = await createDatabase(server);
    await database.query("SELECT pg_advisory_lock(7)");
    await limit(database, server.major);
    const files = { "1_a.sql": `SELECT pg_advisory_lock(7);`, "2_b.sql": `${OUTSIDE}${SLOW}` };
    await using worker = migratorFor(database.url, files, { lockTimeout: 0 });
    const run = worker.up();
    await expect.poll(() => worker.events.some(({ type }) => type === "step-start")).toBe(true);
    let told = 0;
    await using waiter = migratorFor(database.url, files, {
      onEvent: (event) => {
        if (event.type === "lock-wait" && ++told === 4) void database.query("SELECT pg_advisory_unlock(7)");
      },
    });
    await Promise.all([run, waiter.up()]);
    expect(told).toBeGreaterThanOrEqual(4);
  });

  test.each([
    ["in a transaction", `CREATE TABLE a ();\nSELECT pg_sleep(30);`, 2],
    ["outside a transaction", `${OUTSIDE}CREATE TABLE a ();\nSELECT pg_sleep(30);`, 4],
    ["alone", `${OUTSIDE}CREATE TABLE a ();\nREINDEX TABLE CONCURRENTLY slow;`, 4],
  ])("a limit on purpose ends a statement, is named, and is not tried again: %s", async (_, text, line) => {
    await using database = await createDatabase(server);
    await database.query(`CREATE TABLE slow (x int); INSERT INTO slow VALUES (1);
CREATE FUNCTION slow(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT CASE WHEN current_setting(''statement_timeout'') = ''0'' THEN 0 ELSE (SELECT count(*)::int FROM pg_sleep(30)) END';
CREATE INDEX ON slow (slow(x))`);
    await using migrator = migratorFor(database.url, { "1_a.sql": text }, { statementTimeout: 600 });
    const error = (await migrator.up().catch((caught: unknown) => caught)) as MigrationFailedError;
    expect(error).toMatchObject({ code: "GANDER_MIGRATION_FAILED", failure: { sqlState: "57014" } });
    expect(error.failure.line).toBe(line + (text.startsWith("--") ? 0 : 1));
    expect(error.hint).toContain("--statement-timeout (statementTimeout) is 600 ms");
    expect(migrator.events.filter(({ type }) => type === "step-retry")).toEqual([]);
  });

  test("what we set does not stay in a Client of the caller", async () => {
    await using database = await createDatabase(server);
    const client = new Client(database.url);
    await client.connect();
    const settings = ["lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout", "application_name"];
    if (server.major >= 14) settings.push("idle_session_timeout");
    if (server.major >= 17) settings.push("transaction_timeout");
    await client.query(
      settings.map((name) => `SET ${name} = ${name === "application_name" ? "'mine'" : "'7s'"}`).join("; "),
    );
    const files = {
      "1_a.sql": "CREATE TABLE a (x int);",
      "2_b.sql": `${OUTSIDE}CREATE INDEX CONCURRENTLY a_x ON a (x);`,
    };
    const migrator = migratorFor(client, files);
    await migrator.up();
    await migrator.close();
    for (const name of settings) {
      const { rows } = await client.query(`SELECT current_setting('${name}') AS now`);
      expect([name, rows[0]?.now]).toEqual([name, name === "application_name" ? "mine" : "7s"]);
    }
    await client.end();
  });

  test("a role whose default isolation is REPEATABLE READ", async () => {
    await using database = await createDatabase(server);
    await database.query("CREATE TABLE counted (n int); INSERT INTO counted VALUES (0)");
    await database.query(`ALTER DATABASE "${database.name}" SET default_transaction_isolation = 'repeatable read'`);
    const files = {
      "1_a.sql": "CREATE TABLE a (x int);\nUPDATE counted SET n = n + 1;",
      "2_b.sql": `${OUTSIDE}CREATE INDEX CONCURRENTLY a_x ON a (x);\nUPDATE counted SET n = n + 1;`,
    };
    const pool = new Pool({ connectionString: database.url });
    const migrators = Array.from({ length: 6 }, () => migratorFor(pool, files));
    await Promise.all(migrators.map((migrator) => migrator.up()));
    await pool.end();
    expect(await database.query("SELECT n FROM counted")).toEqual([{ n: 2 }]);
    expect(await database.query("SELECT count(*)::int AS n FROM pg_index WHERE NOT indisvalid")).toEqual([{ n: 0 }]);
  });

  test("a deadlock and a serialization failure are tried again", async () => {
    await using database = await createDatabase(server);
    await database.query("CREATE TABLE a (x int); CREATE TABLE b (x int); INSERT INTO a VALUES (1)");
    const other = new Client(database.url);
    await other.connect();
    await other.query("SET deadlock_timeout = '1h'; BEGIN; LOCK TABLE b");
    await using migrator = migratorFor(
      database.url,
      {
        "1_a.sql": DEADLOCK,
      },
      { lockTimeout: 0 },
    );
    const run = migrator.up();
    const locked = "SELECT FROM pg_locks WHERE relation = 'a'::regclass AND mode = 'AccessExclusiveLock'";
    await expect.poll(() => database.query(locked)).toHaveLength(1);
    await other.query("LOCK TABLE a");
    await other.query("COMMIT");
    await run;
    expect(migrator.events).toContainEqual(expect.objectContaining({ type: "step-retry", reason: "deadlock" }));

    await other.query("BEGIN; UPDATE a SET x = 2");
    await using serial = migratorFor(database.url, {
      "1_a.sql": DEADLOCK,
      "2_b.sql": "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;\nUPDATE a SET x = x + 10;",
    });
    const second = serial.up();
    const waits = "SELECT FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple')";
    await expect.poll(() => database.query(waits)).toHaveLength(1);
    await other.query("COMMIT");
    await second;
    await other.end();
    expect(serial.events).toContainEqual(expect.objectContaining({ type: "step-retry", reason: "serialization" }));
    expect(await database.query("SELECT x FROM a")).toEqual([{ x: 12 }]);
  });
});
