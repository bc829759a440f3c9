import { execFile } from "node:child_process";
import { dirname } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMigrator, type GanderEvent, type LockTimeoutError } from "../../src/index.ts";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";
import { buildLibrary, writeMigrations } from "./run-server.ts";

const TRANSACTIONAL = "-- +goose Up\nCREATE TABLE made (x int);\nALTER TABLE busy ADD COLUMN y int;\n";
const OUTSIDE =
  "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE made (x int);\nALTER TABLE busy ADD COLUMN y int;\n";

/** A session with a transaction that has read the table `busy`, and so holds a lock on it. */
async function holdTable(database: TestDatabase, work = "SELECT * FROM busy") {
  await database.query("CREATE TABLE busy (x int); INSERT INTO busy VALUES (1); CREATE TABLE unrelated (x int)");
  const client = new Client({ connectionString: database.url, application_name: "nightly report" });
  client.on("error", () => {});
  await client.connect();
  const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  await client.query("BEGIN");
  await client.query(work);
  return {
    pid: rows[0]?.pid,
    letGo: () => client.query("COMMIT"),
    [Symbol.asyncDispose]: () => client.end(),
  };
}

/** Another session, which is older and has nothing to do with it. */
async function holdUnrelated(database: TestDatabase) {
  const client = new Client({ connectionString: database.url, application_name: "bystander" });
  client.on("error", () => {});
  await client.connect();
  await client.query("BEGIN; CREATE TABLE IF NOT EXISTS of_bystander (x int)");
  return { [Symbol.asyncDispose]: () => client.end() };
}

const COLUMNS = "SELECT count(*)::int AS n FROM pg_attribute WHERE attrelid = 'busy'::regclass AND attname = 'y'";

let library: ReturnType<typeof buildLibrary>;
beforeAll(() => {
  library = buildLibrary();
});
afterAll(() => library.remove());

/** The command line, in a process of its own. */
function gander(...args: readonly string[]): Promise<{ readonly exitCode: number; readonly stderr: string }> {
  const main = library.path.replace(/index\.js$/, "cli/main.js");
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { cwd: dirname(main) }, (error, _stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : Number(error.code), stderr }),
    );
  });
}

describe.each(servers())("promise 4, nobody queues behind us, on PostgreSQL $major", (server) => {
  test.each([
    ["in a transaction", TRANSACTIONAL],
    ["outside a transaction", OUTSIDE],
    [
      "outside a transaction, alone",
      "-- +goose NO TRANSACTION\n-- +goose Up\nALTER TABLE unrelated ADD y int;\nVACUUM FULL busy;\nALTER TABLE busy ADD y int;\n",
    ],
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

  test("a table locked for 5 s: whoever reads it is let through within lock_timeout and a second, all the time", async () => {
    await using database = await createDatabase(server);
    await using holder = await holdTable(database);
    await using migrator = createMigrator({
      database: database.url,
      migrations: [{ name: "1_a.sql", text: TRANSACTIONAL }],
      lockTimeout: 2_000,
    });
    // So that a reader who is kept waiting for ever ends this test.
    await database.query("SET statement_timeout = '15s'");
    const run = migrator.up();
    run.catch(() => undefined);
    const began = Date.now();
    const waits: number[] = [];
    try {
      while (Date.now() - began < 5_000) {
        const asked = Date.now();
        await database.query("SELECT x FROM busy");
        waits.push(Date.now() - asked);
      }
    } finally {
      await holder.letGo();
    }
    expect((await run).steps).toHaveLength(1);
    // The promise is 3 s; a busy machine has as much again.
    expect(Math.max(...waits)).toBeLessThan(6_000);
    // It has waited behind us at least once, or this test shows nothing.
    expect(Math.max(...waits)).toBeGreaterThan(500);
    expect(await database.query(COLUMNS)).toEqual([{ n: 1 }]);
  });

  test.each([[300], [2_000]])(
    "gives up when its time is over, names who is really in the way, leaves nothing, and goes through the next time (%i ms)",
    async (lockTimeout) => {
      await using database = await createDatabase(server);
      await using _bystander = await holdUnrelated(database);
      await using holder = await holdTable(database);
      const migrations = [{ name: "1_a.sql", text: TRANSACTIONAL }];
      const events: GanderEvent[] = [];
      await using migrator = createMigrator({
        database: database.url,
        migrations,
        lockTimeout,
        lockRetry: 1_000,
        onEvent: (event) => events.push(event),
      });
      const error = (await migrator.up().catch((caught: unknown) => caught)) as LockTimeoutError;
      expect(error).toMatchObject({ code: "GANDER_LOCK_TIMEOUT", lock: "table" });
      const holders = [
        {
          backendId: holder.pid,
          applicationName: "nightly report",
          state: "idle in transaction",
          query: "SELECT * FROM busy",
          user: expect.stringMatching(/./),
          transactionMs: expect.any(Number),
        },
      ];
      expect(error.holders).toMatchObject(holders);
      expect(error.message).toMatch(
        /^1_a\.sql:3:1: 1_a\.sql did not get its locks .* next gander up tries it again\.$/,
      );
      expect(error.hint).toMatch(
        new RegExp(`PID ${holder.pid} \\(user \\w+, application nightly report.*in a transaction for \\d+ s`),
      );
      expect(error.hint).toContain(`pg_terminate_backend(${holder.pid})`);
      const retried = events.flatMap((event) => (event.type === "step-retry" ? [event.holders] : []));
      expect(retried.length).toBeGreaterThan(0);
      for (const told of retried) expect(told).toMatchObject(holders);
      expect(
        await database.query("SELECT to_regclass('made') AS made, count(*)::int AS n FROM schema_migrations"),
      ).toEqual([{ made: null, n: 0 }]);
      expect(await database.query(COLUMNS)).toEqual([{ n: 0 }]);
      expect(await database.query("SELECT event, version_id::int AS v FROM schema_migrations_log")).toEqual([
        { event: "failed", v: 1 },
      ]);
      await holder.letGo();
      expect((await migrator.up()).steps).toHaveLength(1);
      expect((await migrator.status()).versions.map(({ state }) => state)).toEqual(["applied"]);
    },
  );

  test("the command line ends with 4 and names who is in the way; the next run is clean", async () => {
    await using database = await createDatabase(server);
    await using holder = await holdTable(database);
    const dir = writeMigrations({ "1_a.sql": TRANSACTIONAL });
    const options = ["--database-url", database.url, "--dir", dir];
    const failed = await gander("up", ...options, "--lock-timeout", "200ms", "--lock-retry", "500ms");
    expect(failed.exitCode).toBe(4);
    expect(failed.stderr).toContain("GANDER_LOCK_TIMEOUT");
    expect(failed.stderr).toContain(`PID ${holder.pid}`);
    expect(failed.stderr).toContain("nightly report");
    await holder.letGo();
    expect(await gander("up", ...options)).toMatchObject({ exitCode: 0 });
  });

  test("outside a transaction: what is done stays when its time is over, and the next start goes on from there", async () => {
    await using database = await createDatabase(server);
    await using holder = await holdTable(database);
    const migrations = [{ name: "1_a.sql", text: OUTSIDE }];
    await using migrator = createMigrator({ database: database.url, migrations, lockTimeout: 100, lockRetry: 300 });
    await expect(migrator.up()).rejects.toMatchObject({ code: "GANDER_LOCK_TIMEOUT", lock: "table" });
    expect(await database.query("SELECT state, statements_done AS done FROM schema_migrations")).toEqual([
      { state: "resumable", done: 1 },
    ]);
    await holder.letGo();
    expect((await migrator.up()).steps).toHaveLength(1);
    expect(await database.query(COLUMNS)).toEqual([{ n: 1 }]);
  });

  test("outside a transaction: the first statement leaves nothing when its time is over", async () => {
    await using database = await createDatabase(server);
    await using holder = await holdTable(database);
    const text =
      "-- +goose NO TRANSACTION\n-- +goose Up\nALTER TABLE busy ADD y int;\n-- +goose Down\nDROP TABLE busy;\n";
    const migrations = [{ name: "1_a.sql", text }];
    await using migrator = createMigrator({ database: database.url, migrations, lockTimeout: 100, lockRetry: 300 });
    await expect(migrator.up()).rejects.toMatchObject({ code: "GANDER_LOCK_TIMEOUT" });
    expect(await database.query("SELECT FROM schema_migrations")).toEqual([]);
    await holder.letGo();
    expect((await migrator.up()).steps).toHaveLength(1);
    const row = "SELECT state, is_dirty, direction, statements, statements_done FROM schema_migrations";
    const [applied] = await database.query(row);
    const again = new Client(database.url);
    await again.connect();
    await again.query("BEGIN; SELECT FROM busy");
    await expect(migrator.down()).rejects.toMatchObject({ code: "GANDER_LOCK_TIMEOUT" });
    expect(await database.query(row)).toEqual([applied]);
    await again.end();
    expect((await migrator.down()).steps).toHaveLength(1);
  });

  test("a file's own lock_timeout holds in a transaction and outside", async () => {
    await using database = await createDatabase(server);
    const note = "INSERT INTO seen VALUES (current_setting('lock_timeout'));";
    await database.query("CREATE TABLE seen (l text)");
    const migrations = [
      { name: "1_a.sql", text: `-- +gander lock_timeout 500ms\n-- +goose Up\n${note}\n` },
      { name: "2_b.sql", text: `-- +gander lock_timeout 700ms\n-- +goose NO TRANSACTION\n-- +goose Up\n${note}\n` },
      { name: "3_c.sql", text: `-- +goose NO TRANSACTION\n-- +goose Up\nSET lock_timeout = '9s';\n${note}\n` },
      { name: "4_d.sql", text: `-- +goose Up\n${note}\n` },
    ];
    await using migrator = createMigrator({ database: database.url, migrations });
    await migrator.up();
    expect(await database.query("SELECT l FROM seen")).toEqual([
      { l: "500ms" },
      { l: "700ms" },
      { l: "9s" },
      { l: "2s" },
    ]);
  });

  test("rows that others have locked are tried three times, not for ten minutes", async () => {
    await using database = await createDatabase(server);
    await using holder = await holdTable(database, "UPDATE busy SET x = 2");
    const migrations = [{ name: "1_a.sql", text: "-- +goose Up\nUPDATE busy SET x = x + 10;\n" }];
    const tries: number[] = [];
    await using migrator = createMigrator({
      database: database.url,
      migrations,
      lockTimeout: 200,
      lockRetry: 10_000,
      onEvent: (event) => event.type === "step-retry" && tries.push(event.attempt),
    });
    const error = (await migrator.up().catch((caught: unknown) => caught)) as LockTimeoutError;
    expect(error).toMatchObject({ code: "GANDER_LOCK_TIMEOUT", holders: [{ backendId: holder.pid }] });
    expect(error.message).toContain("in 3 tries");
    expect(tries).toEqual([1, 2]);
    await holder.letGo();
    expect((await migrator.up()).steps).toHaveLength(1);
    expect(await database.query("SELECT x FROM busy")).toEqual([{ x: 12 }]);
  });

  test("an UPDATE of a table that is locked as a whole has all the time", async () => {
    await using database = await createDatabase(server);
    await using holder = await holdTable(database, "LOCK TABLE busy IN ACCESS EXCLUSIVE MODE");
    const migrations = [{ name: "1_a.sql", text: "-- +goose Up\nUPDATE busy SET x = x + 10;\n" }];
    await using migrator = createMigrator({
      database: database.url,
      migrations,
      lockTimeout: 100,
      onEvent: (event) => {
        if (event.type === "step-retry" && event.attempt === 5) void holder.letGo();
      },
    });
    expect((await migrator.up()).steps).toHaveLength(1);
  });

  test("a prepared transaction that nobody has any more is named, with the way to end it", async () => {
    await using database = await createDatabase(server);
    await using holder = await holdTable(database);
    await holder.letGo();
    await database.query("BEGIN; LOCK TABLE busy; PREPARE TRANSACTION 'left behind'");
    const migrations = [{ name: "1_a.sql", text: TRANSACTIONAL }];
    await using migrator = createMigrator({ database: database.url, migrations, lockTimeout: 200, lockRetry: 200 });
    const error = (await migrator.up().catch((caught: unknown) => caught)) as LockTimeoutError;
    expect(error.hint).toContain("ROLLBACK PREPARED 'left behind'");
    await database.query("ROLLBACK PREPARED 'left behind'");
  });
});
