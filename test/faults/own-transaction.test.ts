import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildGander, type BuiltGander } from "../cli/built-gander.ts";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import { getOut, libraryOf, seatPerson } from "./command-line.ts";
import { hasPgbouncer, type Pooler, startPooler } from "./pgbouncer.ts";
import { startServer, writeMigrations } from "./run-server.ts";
import { faultServers } from "./share.ts";

const FIRST = { "1_a.sql": "-- +goose Up\nCREATE TABLE ran (what text);\n-- +goose Down\nDROP TABLE ran;\n" };
const PROCESSES = 5;
const POOL_SIZE = 3;

let gander: BuiltGander;
beforeAll(async () => {
  gander = await buildGander();
});
afterAll(() => gander[Symbol.asyncDispose]());

interface Place {
  readonly database: TestDatabase;
  readonly url: string;
}

async function rowsOf({ database }: Place): Promise<readonly string[]> {
  const rows = await database.query<{ what: string }>("SELECT what FROM ran ORDER BY what");
  return rows.map(({ what }) => what);
}

async function historyOf({ database }: Place): Promise<readonly string[]> {
  const rows = await database.query<{ v: string; dirty: boolean; state: string }>(
    "SELECT version_id AS v, is_dirty AS dirty, state FROM schema_migrations ORDER BY version_id",
  );
  return rows.map(({ v, dirty, state }) => `${v} ${state}${dirty ? " dirty" : ""}`);
}

const start = (place: Place, files: Readonly<Record<string, string>>, action: "up" | "reset" = "up") =>
  startServer(libraryOf(gander.main), place.url, writeMigrations(files), { action }).ended;

function defineTests(open: () => Promise<Place & AsyncDisposable>): void {
  test("a body that rolls back by itself leaves nothing, and is told", async () => {
    await using place = await open();
    const files = { ...FIRST, "2_b.sql": "-- +goose Up\nINSERT INTO ran VALUES ('2');\nROLLBACK;\n" };
    const { exitCode, answer } = await start(place, files);
    expect([exitCode, answer]).toMatchObject([1, { code: "GANDER_MIGRATION_FAILED" }]);
    expect(answer?.message).toMatch(/ended its transaction by itself/);
    expect(await rowsOf(place)).toEqual([]);
    expect(await historyOf(place)).toEqual(["1 applied", "2 failed dirty"]);
    expect(await start(place, { ...FIRST, "2_b.sql": "-- +goose Up\nINSERT INTO ran VALUES ('2');\n" })).toMatchObject({
      exitCode: 0,
    });
    expect(await rowsOf(place)).toEqual(["2"]);
  });

  test("a body that commits by itself and goes on is applied once", async () => {
    await using place = await open();
    const files = {
      ...FIRST,
      "2_b.sql": "-- +goose Up\nINSERT INTO ran VALUES ('2a');\nCOMMIT;\nBEGIN;\nINSERT INTO ran VALUES ('2b');\n",
      "3_c.sql": "-- +goose Up\nINSERT INTO ran VALUES ('3');\n",
    };
    const ended = await Promise.all(Array.from({ length: PROCESSES }, () => start(place, files)));
    expect(ended.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    expect(await rowsOf(place)).toEqual(["2a", "2b", "3"]);
    expect(await historyOf(place)).toEqual(["1 applied", "2 applied", "3 applied"]);
  });

  test("a body that commits by itself and then fails is dirty, and what is printed gets out", async () => {
    await using place = await open();
    const bad = "-- +goose Up\nINSERT INTO ran VALUES ('2a');\nCOMMIT;\nBEGIN;\nSELECT 1/0;\n";
    const { exitCode, answer } = await start(place, { ...FIRST, "2_b.sql": bad });
    expect([exitCode, answer]).toMatchObject([1, { code: "GANDER_MIGRATION_FAILED" }]);
    expect(answer?.hint).toMatch(/gander repair 2/);
    expect(await rowsOf(place)).toEqual(["2a"]);
    expect(await historyOf(place)).toEqual(["1 applied", "2 stopped dirty"]);
    const again = await start(place, { ...FIRST, "2_b.sql": bad });
    expect([again.exitCode, again.answer]).toMatchObject([1, { code: "GANDER_HISTORY_DIRTY" }]);
    expect(await rowsOf(place)).toEqual(["2a"]);
  });

  test("a Down that fails is rolled back, and the version stays applied", async () => {
    await using place = await open();
    const bad = "-- +goose Up\nINSERT INTO ran VALUES ('2');\n-- +goose Down\nDELETE FROM ran;\nSELECT 1/0;\n";
    const files = { ...FIRST, "2_b.sql": bad };
    expect(await start(place, files)).toMatchObject({ exitCode: 0 });
    const { exitCode, answer } = await start(place, files, "reset");
    expect([exitCode, answer]).toMatchObject([1, { code: "GANDER_MIGRATION_FAILED" }]);
    expect(await rowsOf(place)).toEqual(["2"]);
    expect(await historyOf(place)).toEqual(["1 applied", "2 applied"]);
    expect(await start(place, files)).toMatchObject({ exitCode: 0, answer: { steps: [] } });
  });

  test("a Down that fails outside a transaction stops half way, and what is printed gets out", async () => {
    await using place = await open();
    const text = `-- +goose NO TRANSACTION
-- +goose Up
INSERT INTO ran VALUES ('2');
-- +goose Down
INSERT INTO ran VALUES ('2 down');
SELECT 1/(SELECT count(*) FROM free);
`;
    const migrations = writeMigrations({ ...FIRST, "2_b.sql": text });
    await place.database.query("CREATE TABLE free (x int)");
    const person = seatPerson(gander.main, migrations, place.url);
    expect(await person.type("gander up")).toMatchObject({ code: 0 });
    const failed = await person.type("gander down");
    expect(failed).toMatchObject({ code: 1, log: expect.stringMatching(/gander repair 2/) });
    expect(await historyOf(place)).toEqual(["1 applied", "2 stopped dirty"]);
    expect(await rowsOf(place)).toEqual(["2", "2 down"]);
    await place.database.query("INSERT INTO free VALUES (1)");
    await getOut(person, "gander down");
    expect(await rowsOf(place)).toEqual(["2", "2 down"]);
    expect(await historyOf(place)).toEqual(["1 applied"]);
  });

  test("the role's default isolation is REPEATABLE READ", async () => {
    await using place = await open();
    await place.database.query(
      `ALTER ROLE CURRENT_USER IN DATABASE ${place.database.name} SET default_transaction_isolation = 'repeatable read'`,
    );
    const files = {
      ...FIRST,
      "2_b.sql":
        "-- +goose NO TRANSACTION\n-- +goose Up\nINSERT INTO ran VALUES ('2a');\nCREATE INDEX CONCURRENTLY ran_what ON ran (what);\nINSERT INTO ran VALUES ('2b');\n",
      "3_c.sql": "-- +goose Up\nINSERT INTO ran VALUES ('3');\n",
    };
    const ended = await Promise.all(Array.from({ length: PROCESSES }, () => start(place, files)));
    expect(ended.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    expect(await rowsOf(place)).toEqual(["2a", "2b", "3"]);
    expect(await historyOf(place)).toEqual(["1 applied", "2 applied", "3 applied"]);
  });
}

describe.each(faultServers())(
  "transactions that a file, or a role, has its own mind about, PostgreSQL $major",
  (server) => {
    describe("directly", () => {
      defineTests(async () => {
        const database = await createDatabase(server);
        return { database, url: database.url, [Symbol.asyncDispose]: () => database.drop() };
      });
    });

    describe.runIf(hasPgbouncer)("through PgBouncer", () => {
      let pooler: Pooler;
      beforeAll(async () => {
        pooler = await startPooler(server, POOL_SIZE);
      });
      afterAll(() => pooler[Symbol.asyncDispose]());
      defineTests(async () => {
        const database = await createDatabase(server);
        return { database, url: pooler.url(database.name), [Symbol.asyncDispose]: () => database.drop() };
      });
    });
  },
);
