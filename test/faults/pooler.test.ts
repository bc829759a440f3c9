import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";
import { hasPgbouncer, type Pooler, startPooler } from "./pgbouncer.ts";
import { buildLibrary, startServer, writeMigrations } from "./run-server.ts";
import { createRandom, seed } from "./seed.ts";

const PROCESSES = 10;
const POOL_SIZE = 5;
const EVENTS = 18;
const MOMENTS = 6;

const random = createRandom(seed);
const moments = Array.from({ length: MOMENTS }, () => ({
  event: Math.ceil(random() * EVENTS),
  later: Math.floor(random() * 10),
}));

let library: ReturnType<typeof buildLibrary>;
beforeAll(() => {
  library = buildLibrary();
});
afterAll(() => library.remove());

const SLEEPING =
  "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";

/** Each leaves a row; every so many of them run outside a transaction and build an index. */
function inserts(count: number, outsideEvery = Infinity): string {
  const file = (n: number): [string, string] =>
    n % outsideEvery === 0
      ? [
          `${n}_i.sql`,
          `-- +goose NO TRANSACTION\n-- +goose Up\nINSERT INTO counted VALUES (${n});\nCREATE INDEX CONCURRENTLY counted_${n} ON counted (n);\n`,
        ]
      : [`${n}_i.sql`, `-- +goose Up\nINSERT INTO counted VALUES (${n});\n`];
  return writeMigrations(Object.fromEntries(Array.from({ length: count }, (_, index) => file(index + 1))));
}

async function expectEachOnce(database: TestDatabase, count: number): Promise<void> {
  const each = Array.from({ length: count }, (_, index) => index + 1);
  const rows = await database.query<{ n: number }>("SELECT n FROM counted ORDER BY n");
  expect(rows.map(({ n }) => n)).toEqual(each);
  expect(await database.query("SELECT event, count(*)::int AS n FROM schema_migrations_log GROUP BY event")).toEqual([
    { event: "applied", n: count },
  ]);
  expect(await database.query("SELECT count(*)::int AS n FROM schema_migrations WHERE is_dirty")).toEqual([{ n: 0 }]);
  expect(await database.query("SELECT count(*)::int AS n FROM pg_index WHERE NOT indisvalid")).toEqual([{ n: 0 }]);
}

describe.runIf(hasPgbouncer).each(servers())(
  `through PgBouncer in transaction pooling, PostgreSQL $major, GANDER_TEST_SEED=${seed}`,
  (server) => {
    let pooler: Pooler;
    beforeAll(async () => {
      pooler = await startPooler(server, POOL_SIZE);
    });
    afterAll(() => pooler[Symbol.asyncDispose]());

    const startAll = (database: TestDatabase, migrations: string) =>
      Promise.all(
        Array.from({ length: PROCESSES }, () => startServer(library.path, pooler.url(database.name), migrations).ended),
      );

    test.each([
      ["20 migrations", 20, Infinity],
      ["a migration outside a transaction among others", 3, 2],
      ["only a migration outside a transaction", 1, 1],
    ])("10 processes, %s: each runs once, all end well", async (_, count, outsideEvery) => {
      await using database = await createDatabase(server);
      await database.query("CREATE TABLE counted (n int)");
      const ended = await startAll(database, inserts(count, outsideEvery));
      expect(ended.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
      await expectEachOnce(database, count);
    });

    test.each(moments)("kill -9 $later ms after event $event: everything is done once", async ({ event, later }) => {
      await using database = await createDatabase(server);
      await database.query("CREATE TABLE counted (n int)");
      const migrations = inserts(4, 2);
      const running = startServer(library.path, pooler.url(database.name), migrations);
      await running.event(event);
      await sleep(later);
      running.child.kill("SIGKILL");
      await running.ended;
      const next = await startServer(library.path, pooler.url(database.name), migrations).ended;
      expect(next).toMatchObject({ exitCode: 0 });
      await expectEachOnce(database, 4);
    });

    test("a statement that outlives its killed client leaves nothing when the next start has taken over", async () => {
      await using database = await createDatabase(server);
      await database.query("CREATE TABLE counted (n int)");
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
  },
);
