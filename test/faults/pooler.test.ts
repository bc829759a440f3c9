import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";
import { hasPgbouncer, type Pooler, startPooler } from "./pgbouncer.ts";
import { buildLibrary, startServer, writeMigrations } from "./run-server.ts";

const PROCESSES = 10;
const POOL_SIZE = 5;

let library: ReturnType<typeof buildLibrary>;
beforeAll(() => {
  library = buildLibrary();
});
afterAll(() => library.remove());

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
  "through PgBouncer in transaction pooling, PostgreSQL $major",
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
  },
);
