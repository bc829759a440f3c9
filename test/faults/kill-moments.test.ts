import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMigrator, HistoryError, type Migrator } from "../../src/index.ts";
import { createDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";
import { buildLibrary, startServer, writeMigrations } from "./run-server.ts";
import { createRandom, seed } from "./seed.ts";

const PAUSE = "SELECT pg_sleep(0.01);";
/** Statements leave a row each, and take long enough to be met in the middle. */
const FILES = {
  "1_a.sql": `-- +goose Up\nCREATE TABLE ran (what text);\nINSERT INTO ran VALUES ('1a');\n${PAUSE}\nINSERT INTO ran VALUES ('1b');\n`,
  "2_b.sql": `-- +goose NO TRANSACTION
-- +goose Up
INSERT INTO ran VALUES ('2a');
INSERT INTO ran SELECT '2b' FROM (${PAUSE.slice(0, -1)}) AS pause;
CREATE INDEX CONCURRENTLY ran_what ON ran (what);
REINDEX INDEX CONCURRENTLY ran_what;
INSERT INTO ran VALUES ('2c');
DROP INDEX CONCURRENTLY ran_what;
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS ran_once ON ran (what);
INSERT INTO ran SELECT '2d' FROM (${PAUSE.slice(0, -1)}) AS pause;
`,
  "3_c.sql": `-- +goose Up\nINSERT INTO ran VALUES ('3a');\n${PAUSE}\nALTER TABLE ran ADD COLUMN more int;\n`,
  "4_d.sql": `-- +goose NO TRANSACTION\n-- +goose Up\nINSERT INTO ran VALUES ('4a');\nVACUUM ran;\nINSERT INTO ran VALUES ('4b');\n`,
  "5_e.sql": `-- +goose Up\n${PAUSE}\nINSERT INTO ran VALUES ('5a');\n`,
};
const ALL = ["1a", "1b", "2a", "2b", "2c", "2d", "3a", "4a", "4b", "5a"];
const EVENTS = 26;
const MOMENTS = 15;

/** Where the next start stops, the command that it prints is what gets out. */
async function goOn(migrator: Migrator): Promise<void> {
  try {
    await migrator.up();
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error;
    expect(error.code).toBe("GANDER_HISTORY_DIRTY");
    const version = /^ {2}gander repair (\d+) /m.exec(error.hint ?? "")?.[1];
    expect(version).toBe("2");
    await migrator.repair({ version: BigInt(version ?? 0) });
    await migrator.up();
  }
}

let library: ReturnType<typeof buildLibrary>;
beforeAll(() => {
  library = buildLibrary();
});
afterAll(() => library.remove());

const random = createRandom(seed);
const moments = Array.from({ length: MOMENTS }, () => ({
  event: Math.ceil(random() * EVENTS),
  later: Math.floor(random() * 15),
}));

describe.each(servers())(`kill -9 of the client on PostgreSQL $major, GANDER_TEST_SEED=${seed}`, (server) => {
  const migrations = writeMigrations(FILES);
  test.each(moments)("$later ms after event $event: everything is done once in the end", async ({ event, later }) => {
    await using database = await createDatabase(server);
    const running = startServer(library.path, database.url, migrations);
    await running.event(event);
    await sleep(later);
    running.child.kill("SIGKILL");
    await running.ended;
    await using migrator = createMigrator({ database: database.url, migrations });
    await goOn(migrator);
    const rows = await database.query<{ what: string }>("SELECT what FROM ran ORDER BY what");
    expect(rows.map(({ what }) => what)).toEqual(ALL);
    expect((await migrator.status()).versions.map(({ state }) => state)).toEqual(ALL_APPLIED);
    expect(await database.query(INDEXES)).toEqual([{ name: "ran_once", valid: true }]);
  });

  test.skipIf(server.major < 14)("a statement of hours ends with the process that was killed", async () => {
    await using database = await createDatabase(server);
    await database.query("CREATE TABLE free (x int)");
    const migrations = writeMigrations({
      "1_a.sql": "-- +goose Up\nCREATE TABLE a (x int);\nSELECT pg_sleep(10000) WHERE NOT EXISTS (SELECT FROM free);\n",
    });
    const running = startServer(library.path, database.url, migrations);
    await expect.poll(() => database.query(SLEEPING), { timeout: 30_000 }).toEqual([{ n: 1 }]);
    running.child.kill("SIGKILL");
    await running.ended;
    await database.query("INSERT INTO free VALUES (1)");
    expect(await startServer(library.path, database.url, migrations).ended).toMatchObject({ exitCode: 0 });
    expect(await database.query(SLEEPING)).toEqual([{ n: 0 }]);
  });
});

const SLEEPING =
  "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
const ALL_APPLIED = Object.keys(FILES).map(() => "applied");
const INDEXES = `SELECT indexrelid::regclass::text AS name, indisvalid AS valid FROM pg_index
  WHERE indrelid = 'ran'::regclass ORDER BY 1`;
