import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrateOnStart } from "../../src/index.ts";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import type { TestServer } from "../support/server-list.ts";
import { hasPgbouncer, type Pooler, startPooler } from "./pgbouncer.ts";
import { buildLibrary, startServer, writeMigrations } from "./run-server.ts";
import { faultServers } from "./share.ts";

const example = fileURLToPath(new URL("../../examples/chillproxy/migrations/postgres", import.meta.url));
const PROCESSES = 20;
const CLIENTS = 50;
const POOL_SIZE = 5;

let library: ReturnType<typeof buildLibrary>;
beforeAll(() => {
  library = buildLibrary();
});
afterAll(() => library.remove());

/** A herd's files, and what the database must have before and after. */
interface Herd {
  readonly name: string;
  readonly migrations: string;
  readonly before: string;
  readonly count: number;
  readonly check: (database: TestDatabase) => Promise<void>;
}

const INSERTS = 20;

async function expectRows(database: TestDatabase, sql: string, wanted: number): Promise<void> {
  expect(await database.query(sql)).toEqual([{ n: wanted, d: wanted }]);
}

const HERDS: readonly Herd[] = [
  { name: "an empty database, the example's 45", migrations: example, before: "", count: 45, check: async () => {} },
  {
    name: "20 pending INSERTs",
    migrations: writeMigrations(
      Object.fromEntries(
        Array.from({ length: INSERTS }, (_, n) => [
          `${n + 1}_i.sql`,
          `-- +goose Up\nINSERT INTO counted VALUES (${n + 1});\n`,
        ]),
      ),
    ),
    before: "CREATE TABLE counted (n int)",
    count: INSERTS,
    check: (database) =>
      expectRows(database, "SELECT count(*)::int AS n, count(DISTINCT n)::int AS d FROM counted", 20),
  },
  {
    name: "CONCURRENTLY and data migrations in the middle",
    migrations: writeMigrations({
      "1_a.sql": "-- +goose Up\nCREATE TABLE a (x int);\nINSERT INTO a SELECT generate_series(1, 1000);\n",
      "2_b.sql":
        "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY a_x ON a (x);\nINSERT INTO a VALUES (1001);\nVACUUM a;\n",
      "3_c.sql": "-- +goose Up\nUPDATE a SET x = x + 1;\n",
      "4_d.sql":
        "-- +goose NO TRANSACTION\n-- +goose Up\nUPDATE a SET x = x + 1;\nCREATE UNIQUE INDEX CONCURRENTLY a_once ON a (x);\n",
      "5_e.sql": "-- +goose Up\nUPDATE a SET x = -x;\n",
    }),
    before: "",
    count: 5,
    check: (database) => expectRows(database, "SELECT max(-x)::int AS n, count(*)::int + 2 AS d FROM a", 1003),
  },
];

async function expectOnce(database: TestDatabase, { count, check }: Herd): Promise<void> {
  expect(await database.query("SELECT count(*)::int AS n, bool_or(is_dirty) AS dirty FROM schema_migrations")).toEqual([
    { n: count, dirty: false },
  ]);
  expect(
    await database.query(
      "SELECT event, count(*)::int AS n, count(DISTINCT version_id)::int AS d FROM schema_migrations_log GROUP BY event",
    ),
  ).toEqual([{ event: "applied", n: count, d: count }]);
  expect(await database.query("SELECT indexrelid::regclass AS name FROM pg_index WHERE NOT indisvalid")).toEqual([]);
  await check(database);
}

/** How the n-th of a herd gets to its database. */
type Way = (database: TestDatabase, n: number) => string;

const direct: Way = ({ url }) => url;
const through =
  (pooler: () => Pooler): Way =>
  ({ name }) =>
    pooler().url(name);
const mixed =
  (pooler: () => Pooler): Way =>
  (database, n) =>
    n % 2 === 0 ? direct(database, n) : through(pooler)(database, n);

/** Many processes that have everything loaded begin at the same moment; how long after the first the last one served. */
async function processes(database: TestDatabase, { migrations }: Herd, way: Way): Promise<string> {
  const herd = Array.from({ length: PROCESSES }, (_, n) =>
    startServer(library.path, way(database, n), migrations, { gated: true }),
  );
  await Promise.all(herd.map(({ ready }) => ready));
  const began = Date.now();
  for (const { begin } of herd) begin();
  const ended = await Promise.all(herd.map((one) => one.ended));
  expect(ended.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
  const served = ended.map(({ answer }) => answer?.at ?? Number.NaN);
  const [first, last] = [Math.min(...served), Math.max(...served)];
  return `the first served after ${Math.round(first - began)} ms, the last ${Math.round(last - first)} ms after it`;
}

async function clients(database: TestDatabase, { migrations, count }: Herd, way: Way): Promise<string> {
  const began = Date.now();
  const runs = await Promise.all(
    Array.from({ length: CLIENTS }, (_, n) =>
      migrateOnStart({ database: way(database, n), migrations }).then((result) => ({ result, at: Date.now() })),
    ),
  );
  expect(runs.flatMap(({ result }) => result.steps)).toHaveLength(count);
  const served = runs.map(({ at }) => at);
  const [first, last] = [Math.min(...served), Math.max(...served)];
  return `the first served after ${first - began} ms, the last ${last - first} ms after it`;
}

const KINDS = [
  [`${PROCESSES} processes`, processes],
  [`${CLIENTS} clients in one process`, clients],
] as const;

function defineTests(server: TestServer, ways: readonly (readonly [string, Way])[]): void {
  const cases = ways.flatMap(([path, way]) =>
    KINDS.flatMap(([kind, start]) =>
      HERDS.map((herd): [kind: string, path: string, name: string, () => Promise<void>] => [
        kind,
        path,
        herd.name,
        async () => {
          await using database = await createDatabase(server);
          if (herd.before !== "") await database.query(herd.before);
          const measured = await start(database, herd, way);
          console.log(`PostgreSQL ${server.major}, ${kind}, ${path}, ${herd.name}: ${measured}`);
          await expectOnce(database, herd);
        },
      ]),
    ),
  );
  test.each(cases)("%s, %s, %s: each runs once, all end well", async (_kind, _path, _name, act) => act());
}

describe.each(faultServers())("a herd on PostgreSQL $major", (server) => {
  defineTests(server, [["directly", direct]]);

  describe.runIf(hasPgbouncer)("with PgBouncer", () => {
    let pooler: Pooler;
    beforeAll(async () => {
      pooler = await startPooler(server, POOL_SIZE);
    });
    afterAll(() => pooler[Symbol.asyncDispose]());
    defineTests(server, [
      ["through PgBouncer", through(() => pooler)],
      ["half of them through PgBouncer", mixed(() => pooler)],
    ]);
  });
});
