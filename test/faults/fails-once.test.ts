import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrateOnStart } from "../../src/index.ts";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import { hasPgbouncer, startPooler } from "./pgbouncer.ts";
import { buildLibrary, type RunningServer, startServer, writeMigrations } from "./run-server.ts";
import { faultServers } from "./share.ts";

const PROCESSES = 20;
const POOL_SIZE = 5;

/** Waits until all have read the history before, then fails a second later. */
const FAILS = {
  "1_a.sql": "-- +goose Up\nCREATE TABLE a (x int);\n",
  "2_b.sql": `-- +goose Up
INSERT INTO tries DEFAULT VALUES;
-- +goose StatementBegin
DO $$ BEGIN
  WHILE NOT EXISTS (SELECT FROM free) LOOP PERFORM pg_sleep(0.01); END LOOP;
  PERFORM nextval('tried');
  PERFORM pg_sleep(1);
END $$;
-- +goose StatementEnd
SELECT 1/0;
`,
};
const MENDED = { ...FAILS, "2_b.sql": "-- +goose Up\nINSERT INTO tries DEFAULT VALUES;\n" };
const FAILS_OUTSIDE = { ...FAILS, "2_b.sql": `-- +goose NO TRANSACTION\n${FAILS["2_b.sql"]}` };

let library: ReturnType<typeof buildLibrary>;
beforeAll(() => {
  library = buildLibrary();
});
afterAll(() => library.remove());

/** All but the one at work poll, and tell it: none of them waits inside a query. */
async function expectAllWait(herd: readonly RunningServer[]): Promise<void> {
  let waiting = 0;
  for (const { eventOf } of herd) void eventOf("lock-wait").then(() => waiting++);
  await expect.poll(() => waiting, { timeout: 60_000 }).toBe(PROCESSES - 1);
}

async function startAll(url: string, files: Readonly<Record<string, string>>, database: TestDatabase) {
  const migrations = writeMigrations(files);
  const herd = Array.from({ length: PROCESSES }, () => startServer(library.path, url, migrations, { gated: true }));
  await Promise.all(herd.map(({ ready }) => ready));
  for (const { begin } of herd) begin();
  await Promise.all(herd.map(({ eventOf }) => eventOf("checked")));
  const [row] = await database.query<{ free: boolean }>("SELECT EXISTS (SELECT FROM free) AS free");
  if (row?.free === false) {
    await expectAllWait(herd);
    await database.query("INSERT INTO free VALUES (1)");
  }
  return await Promise.all(herd.map(({ ended }) => ended));
}

async function failThenMend(database: TestDatabase, url: string, files: Readonly<Record<string, string>>) {
  await database.query(
    "CREATE TABLE free (x int); CREATE TABLE tries (at timestamptz DEFAULT now()); CREATE SEQUENCE tried",
  );
  // What is read beforehand has but the one that fails to do.
  await migrateOnStart({ database: database.url, migrations: [{ name: "1_a.sql", text: FAILS["1_a.sql"] }] });
  const failed = await startAll(url, files, database);
  expect(failed.map(({ exitCode }) => exitCode)).toEqual(Array.from({ length: PROCESSES }, () => 1));
  for (const { answer } of failed) {
    expect(answer).toMatchObject({
      code: "GANDER_MIGRATION_FAILED",
      message: expect.stringMatching(/2_b\.sql.*division by zero \[22012\]/),
    });
  }
  expect(await database.query("SELECT last_value::int AS n FROM tried")).toEqual([{ n: 1 }]);
  expect(
    await database.query(
      "SELECT event, version_id::int AS v, count(*)::int AS n FROM schema_migrations_log GROUP BY 1, 2 ORDER BY 2",
    ),
  ).toEqual([
    { event: "applied", v: 1, n: 1 },
    { event: "failed", v: 2, n: 1 },
  ]);
}

async function mend(database: TestDatabase, url: string): Promise<void> {
  const mended = await startAll(url, MENDED, database);
  expect(mended.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
  expect(await database.query("SELECT count(*)::int AS n FROM tries")).toEqual([{ n: 1 }]);
  expect(
    await database.query(
      "SELECT count(*)::int AS n FROM schema_migrations_log WHERE event = 'applied' AND version_id = 2",
    ),
  ).toEqual([{ n: 1 }]);
}

describe.each(faultServers())("20 servers and a migration that fails after a second, PostgreSQL $major", (server) => {
  test("it ran once, all report it; the mended file goes through once", async () => {
    await using database = await createDatabase(server);
    await failThenMend(database, database.url, FAILS);
    await mend(database, database.url);
  });

  test("outside a transaction: it ran once, all report it", async () => {
    await using database = await createDatabase(server);
    await failThenMend(database, database.url, FAILS_OUTSIDE);
    expect(await database.query("SELECT count(*)::int AS n FROM tries")).toEqual([{ n: 1 }]);
  });

  test.runIf(hasPgbouncer)(
    "through PgBouncer: it ran once, all report it; the mended file goes through once",
    async () => {
      await using pooler = await startPooler(server, POOL_SIZE);
      await using database = await createDatabase(server);
      await failThenMend(database, pooler.url(database.name), FAILS);
      await mend(database, pooler.url(database.name));
    },
  );

  test.runIf(hasPgbouncer)("through PgBouncer, outside a transaction: it ran once, all report it", async () => {
    await using pooler = await startPooler(server, POOL_SIZE);
    await using database = await createDatabase(server);
    await failThenMend(database, pooler.url(database.name), FAILS_OUTSIDE);
  });
});
