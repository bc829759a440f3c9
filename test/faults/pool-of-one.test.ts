import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import type { TestServer } from "../support/server-list.ts";
import { hasPgbouncer, type Pooler, startPooler } from "./pgbouncer.ts";
import { buildLibrary, startServer, writeMigrations } from "./run-server.ts";
import { faultServers } from "./share.ts";

const PROCESSES = 8;
const TRANSACTIONAL = {
  "1_a.sql": "-- +goose Up\nCREATE TABLE counted (n int);\nINSERT INTO counted VALUES (1);\n",
  "2_b.sql": "-- +goose Up\nINSERT INTO counted VALUES (2);\n",
};
const OUTSIDE = {
  ...TRANSACTIONAL,
  "3_c.sql":
    "-- +goose NO TRANSACTION\n-- +goose Up\nINSERT INTO counted VALUES (3);\nCREATE UNIQUE INDEX CONCURRENTLY counted_n ON counted (n);\nVACUUM counted;\nINSERT INTO counted VALUES (4);\n",
  "4_d.sql": "-- +goose Up\nINSERT INTO counted VALUES (5);\n",
};

let library: ReturnType<typeof buildLibrary>;
beforeAll(() => {
  library = buildLibrary();
});
afterAll(() => library.remove());

async function expectOnce(database: TestDatabase, migrations: number, rows: number): Promise<void> {
  const found = await database.query<{ n: number }>("SELECT n FROM counted ORDER BY n");
  expect(found.map(({ n }) => n)).toEqual(Array.from({ length: rows }, (_, index) => index + 1));
  expect(await database.query("SELECT event, count(*)::int AS n FROM schema_migrations_log GROUP BY event")).toEqual([
    { event: "applied", n: migrations },
  ]);
  expect(await database.query("SELECT count(*)::int AS n FROM schema_migrations WHERE is_dirty")).toEqual([{ n: 0 }]);
  expect(await database.query("SELECT count(*)::int AS n FROM pg_index WHERE NOT indisvalid")).toEqual([{ n: 0 }]);
}

const KINDS = faultServers().flatMap((server) =>
  (["transaction", "session"] as const).map((mode): [mode: string, major: number, server: TestServer] => [
    mode,
    server.major,
    server,
  ]),
);

describe.runIf(hasPgbouncer).each(KINDS)(
  "PgBouncer in %s pooling with one server connection, PostgreSQL %i",
  (mode, _, server) => {
    let pooler: Pooler;
    beforeAll(async () => {
      pooler = await startPooler(server, 1, `pool_mode = ${mode}`);
    });
    afterAll(() => pooler[Symbol.asyncDispose]());

    async function startAll(database: TestDatabase, files: Readonly<Record<string, string>>, count: number) {
      const migrations = writeMigrations(files);
      const herd = Array.from({ length: count }, () =>
        startServer(library.path, pooler.url(database.name), migrations, { gated: true }),
      );
      await Promise.all(herd.map(({ ready }) => ready));
      for (const { begin } of herd) begin();
      const ended = await Promise.all(herd.map((one) => one.ended));
      expect(ended.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    }

    test.each([1, PROCESSES])(
      "processes: %i, transactional migrations: each runs once, all end well",
      async (count) => {
        await using database = await createDatabase(server);
        await startAll(database, TRANSACTIONAL, count);
        await expectOnce(database, 2, 2);
      },
    );

    test.each([1, PROCESSES])("processes: %i, one outside a transaction among them", async (count) => {
      await using database = await createDatabase(server);
      await startAll(database, OUTSIDE, count);
      await expectOnce(database, 4, 5);
    });
  },
);
