import pg from "pg";
import { describe, expect, test } from "vitest";
import { createMigrator } from "../../src/index.ts";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";
import { hasPgbouncer, startPooler } from "./pgbouncer.ts";

const TEXT = `-- +goose NO TRANSACTION
-- +goose Up
INSERT INTO done VALUES (1);
SELECT pg_advisory_xact_lock(7);
INSERT INTO done VALUES (2);
`;

const WAITING = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = 7 AND NOT granted";

/** The session of the server that runs the statement that waits. */
async function waitingBackend(database: TestDatabase): Promise<unknown> {
  await expect.poll(() => database.query(WAITING), { timeout: 20_000 }).toHaveLength(1);
  return (await database.query(WAITING))[0]?.["pid"];
}

/** The procedure commits, which PostgreSQL allows only in a message of its own. */
const BY_ROLE = `-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE own.a (who text DEFAULT current_user, at timestamptz DEFAULT clock_timestamp());
INSERT INTO own.a DEFAULT VALUES;
CREATE PROCEDURE own.note() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO own.a DEFAULT VALUES; COMMIT; END $$;
CALL own.note();
`;

async function askThrough(url: string): Promise<string> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query<{ who: string }>("SELECT current_user AS who");
  await client.end();
  return rows[0]!.who;
}

describe.runIf(hasPgbouncer).each(servers())(
  "outside a transaction, through PgBouncer, PostgreSQL $major",
  (server) => {
    test("a run whose statement loses its session goes on, though the pooler keeps the one that held the lock", async () => {
      await using database = await createDatabase(server);
      await using pooler = await startPooler(server, 4);
      await database.query("CREATE TABLE done (n int); SELECT pg_advisory_lock(7)");
      await using migrator = createMigrator({
        database: pooler.url(database.name),
        migrations: [{ name: "1_a.sql", text: TEXT }],
        lockTimeout: 0,
      });
      const run = migrator.up();
      await database.query("SELECT pg_terminate_backend($1)", [await waitingBackend(database)]);
      await waitingBackend(database);
      await database.query("SELECT pg_advisory_unlock(7)");
      expect((await run).steps).toHaveLength(1);
      expect(await database.query("SELECT n FROM done ORDER BY n")).toEqual([{ n: 1 }, { n: 2 }]);
    }, 40_000);

    test("a run that was interrupted is gone on with by the next start", async () => {
      await using database = await createDatabase(server);
      await using pooler = await startPooler(server, 4);
      await database.query("CREATE TABLE done (n int); SELECT pg_advisory_lock(7)");
      const stop = new AbortController();
      await using migrator = createMigrator({
        database: pooler.url(database.name),
        migrations: [{ name: "1_a.sql", text: TEXT }],
        lockTimeout: 0,
      });
      const run = migrator.up({ signal: stop.signal });
      await waitingBackend(database);
      stop.abort();
      await expect(run).rejects.toMatchObject({ code: "GANDER_ABORTED" });
      await database.query("SELECT pg_advisory_unlock(7)");
      expect((await migrator.up()).steps).toHaveLength(1);
      expect(await database.query("SELECT n FROM done ORDER BY n")).toEqual([{ n: 1 }, { n: 2 }]);
    }, 40_000);

    test("runs as another role, which may not look at the session that holds the lock", async () => {
      await using database = await createDatabase(server);
      await using pooler = await startPooler(server, 4);
      const role = `r_${database.name}`;
      await database.query(`CREATE ROLE ${role}; CREATE SCHEMA own AUTHORIZATION ${role}`);
      try {
        await using migrator = createMigrator({
          database: pooler.url(database.name),
          role,
          table: "own.schema_migrations",
          migrations: [{ name: "1_a.sql", text: BY_ROLE }],
        });
        expect((await migrator.up()).steps).toHaveLength(1);
        expect(await database.query("SELECT who FROM own.a ORDER BY at")).toEqual([{ who: role }, { who: role }]);
        // What the pooler gives to others is nobody but the login.
        const others = await Promise.all([1, 2, 3, 4].map(() => askThrough(pooler.url(database.name))));
        expect(new Set(others)).toEqual(new Set([new URL(database.url).username]));
      } finally {
        await database.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
      }
    });
  },
);
