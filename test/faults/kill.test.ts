import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMigrator, HistoryError } from "../../src/index.ts";
import { createDatabase } from "../support/create-database.ts";
import { newestServer } from "../support/server-list.ts";
import { buildLibrary, startServer, writeMigrations } from "./run-server.ts";

/** Each statement that leaves a row does so once, whatever happens in between. */
const FILES = {
  "1_a.sql": "-- +goose Up\nCREATE TABLE ran (what text);\nINSERT INTO ran VALUES ('1');\n",
  "2_b.sql": `-- +goose NO TRANSACTION
-- +goose Up
INSERT INTO ran VALUES ('2a');
CREATE INDEX CONCURRENTLY ran_what ON ran (what);
INSERT INTO ran VALUES ('2b');
VACUUM ran;
INSERT INTO ran VALUES ('2c');
`,
  "3_c.sql": "-- +goose Up\nINSERT INTO ran VALUES ('3');\nCREATE TABLE c (id int);\n",
  "4_d.sql": "-- +goose Up\nINSERT INTO ran VALUES ('4');\n",
};
const ALL = ["1", "2a", "2b", "2c", "3", "4"];
/** A run tells about this many events. */
const EVENTS = 20;

let library: ReturnType<typeof buildLibrary>;
beforeAll(() => {
  library = buildLibrary();
});
afterAll(() => library.remove());

describe("kill -9 of the client", () => {
  const migrations = writeMigrations(FILES);
  test.each(Array.from({ length: EVENTS }, (_, index) => index + 1))("at its event %i", async (event) => {
    await using database = await createDatabase(newestServer());
    const server = startServer(library.path, database.url, migrations);
    await server.event(event);
    server.child.kill("SIGKILL");
    await server.ended;
    await using migrator = createMigrator({ database: database.url, migrations });
    const next = await migrator.up().catch((error: unknown) => error);
    if (next instanceof HistoryError) {
      expect(next.hint).toMatch(/gander repair 2/);
      await migrator.repair();
      await migrator.up();
    } else if (next instanceof Error) throw next;
    const rows = await database.query<{ what: string }>("SELECT what FROM ran ORDER BY what");
    expect(rows.map(({ what }) => what)).toEqual(ALL);
    expect((await migrator.status()).versions.map(({ state }) => state)).toEqual(FILES_STATES);
  });
});

const FILES_STATES = Object.keys(FILES).map(() => "applied");

describe("SIGTERM-like ends through an AbortSignal", () => {
  test("cancels the statement on the server and rolls back", async () => {
    await using database = await createDatabase(newestServer());
    const controller = new AbortController();
    await using migrator = createMigrator({
      database: database.url,
      migrations: [{ name: "1_a.sql", text: "-- +goose Up\nCREATE TABLE a (x int);\nSELECT pg_sleep(60);\n" }],
      signal: controller.signal,
      onEvent: ({ type }) => {
        if (type === "step-start") controller.abort();
      },
    });
    await expect(migrator.up()).rejects.toMatchObject({ code: "GANDER_ABORTED" });
    expect(
      await database.query(
        "SELECT to_regclass('a') AS a, count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'",
      ),
    ).toEqual([{ a: null, n: 0 }]);
  });
});

describe("a locked table", () => {
  test("lets others pass while it waits, and names who holds it when its time is up", async () => {
    await using database = await createDatabase(newestServer());
    const { Client } = await import("pg");
    const holder = new Client(database.url);
    await holder.connect();
    try {
      await database.query("CREATE TABLE busy (x int)");
      await holder.query("BEGIN; SELECT * FROM busy");
      const migrations = [{ name: "1_a.sql", text: "-- +goose Up\nALTER TABLE busy ADD COLUMN y int;\n" }];
      await using impatient = createMigrator({ database: database.url, migrations, lockTimeout: 100, lockRetry: 500 });
      const { rows } = await holder.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
      const error = (await impatient.up().catch((caught: unknown) => caught)) as Error & { hint: string };
      expect(error).toMatchObject({ code: "GANDER_LOCK_TIMEOUT", lock: "table" });
      expect(error.hint).toContain(`PID ${rows[0]?.pid}`);
      let attempts = 0;
      await using patient = createMigrator({
        database: database.url,
        migrations,
        lockTimeout: 100,
        onEvent: ({ type }) => {
          if (type === "step-retry" && ++attempts === 2) void holder.query("COMMIT");
        },
      });
      expect((await patient.up()).steps).toHaveLength(1);
      expect(attempts).toBeGreaterThanOrEqual(2);
    } finally {
      await holder.end();
    }
  });
});
