import { setTimeout } from "node:timers/promises";
import { Client } from "pg";
import { describe, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";
import { migratorFor } from "./fixtures.ts";

const HEAD = "-- +goose NO TRANSACTION\n-- +goose Up\n";
const NOTES = "SELECT note FROM schema_migrations_log WHERE event = 'repaired' ORDER BY id";
const LEFTOVERS =
  "SELECT count(*)::int AS n FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relname ~ '_cc'";
const PENDING = "SELECT count(*)::int AS n FROM pg_inherits WHERE inhdetachpending";
const PARTITIONS = `CREATE TABLE p (a int) PARTITION BY LIST (a);
  CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);`;

/** Works while another session reads a table, or writes to it, and lets it go in the end. */
async function whileInUse(
  database: TestDatabase,
  table: string,
  mode: "ACCESS SHARE" | "ROW EXCLUSIVE",
  work: (client: Client) => Promise<void>,
): Promise<void> {
  const client = new Client(database.url);
  await client.connect();
  try {
    await client.query(`BEGIN; LOCK TABLE ${table} IN ${mode} MODE; SELECT * FROM ${table}`);
    await work(client);
  } finally {
    await client.end();
  }
}

/** Looks until a query counts something. */
async function until(database: TestDatabase, query: string): Promise<void> {
  for (;;) {
    const [row] = await database.query<{ n: number }>(query);
    if ((row?.n ?? 0) > 0) return;
    await setTimeout(10);
  }
}

/** Ends or cancels the statement of the migration that is under way. */
async function interrupt(database: TestDatabase, how: "cancel" | "terminate", statement: string): Promise<void> {
  await database.query(
    `SELECT pg_${how}_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%${statement}%' AND pid <> pg_backend_pid() AND state = 'active'`,
  );
}

/** What a crash of the runner leaves: its row, and a session that is gone. */
async function pretendCrash(database: TestDatabase): Promise<void> {
  await database.query(
    "UPDATE schema_migrations SET state = 'running', error = NULL, backend_pid = 1, backend_start = '2020-01-01' WHERE is_dirty",
  );
}

async function count(database: TestDatabase, query: string): Promise<number> {
  return (await database.query<{ n: number }>(query))[0]?.n ?? 0;
}

async function notes(database: TestDatabase): Promise<readonly string[]> {
  return (await database.query<{ note: string }>(NOTES)).map(({ note }) => note);
}

describe.each(servers())("what an interrupted CONCURRENTLY leaves, on PostgreSQL $major", (server) => {
  /** A writer stops it before the new index takes the place of the old one, a reader after that. */
  async function stopReindex(database: TestDatabase, statement: string, left: "t_a_ccnew" | "t_a_ccold") {
    await database.query("CREATE TABLE t (a int, b text); CREATE INDEX t_a ON t (a)");
    const migrator = migratorFor(database.url, { "1_a.sql": `${HEAD}${statement}\nCREATE TABLE c ();\n` });
    await whileInUse(database, "t", left === "t_a_ccnew" ? "ROW EXCLUSIVE" : "ACCESS SHARE", async () => {
      const run = migrator.up();
      run.catch(() => undefined);
      await until(database, `SELECT count(*)::int AS n FROM pg_class WHERE relname = '${left}'`);
      await interrupt(database, "cancel", "REINDEX");
      await expect(run).rejects.toMatchObject({ failure: { sqlState: "57014" } });
    });
    return migrator;
  }

  test.each([
    ["REINDEX INDEX CONCURRENTLY t_a;", "t_a_ccnew"],
    ["REINDEX INDEX CONCURRENTLY t_a;", "t_a_ccold"],
    ["REINDEX (VERBOSE) TABLE CONCURRENTLY t;", "t_a_ccnew"],
    ["REINDEX SCHEMA CONCURRENTLY public;", "t_a_ccold"],
  ] as const)("what %s leaves (%s) goes, and it is done again", async (statement, left) => {
    await using database = await createDatabase(server);
    await using migrator = await stopReindex(database, statement, left);
    const { cleanup } = await migrator.repair();
    expect(cleanup).toContain(`DROP INDEX CONCURRENTLY public.${left}`);
    expect(await count(database, LEFTOVERS)).toBe(0);
    await migrator.up();
    expect(await count(database, "SELECT count(*)::int AS n FROM pg_index WHERE NOT indisvalid")).toBe(0);
  });

  test("after a crash a REINDEX is done again by itself, after cleaning up", async () => {
    await using database = await createDatabase(server);
    await using migrator = await stopReindex(database, "REINDEX INDEX CONCURRENTLY t_a;", "t_a_ccnew");
    await pretendCrash(database);
    expect((await migrator.up()).steps).toHaveLength(1);
    expect(await count(database, LEFTOVERS)).toBe(0);
    expect(await notes(database)).toEqual([
      "goes on at statement 1 of 2",
      "statement 1: DROP INDEX CONCURRENTLY public.t_a_ccnew (it was INVALID)",
    ]);
  });

  test("an index that somebody is building right now is not dropped", async () => {
    await using database = await createDatabase(server);
    await using migrator = migratorFor(database.url, { "1_a.sql": `${HEAD}CREATE INDEX CONCURRENTLY t_a ON t (a);\n` });
    await expect(migrator.up()).rejects.toMatchObject({ failure: { sqlState: "42P01" } });
    await database.query("CREATE TABLE t (a int)");
    await whileInUse(database, "t", "ROW EXCLUSIVE", async (client) => {
      const byHand = new Client(database.url);
      await byHand.connect();
      const building = byHand.query("CREATE INDEX CONCURRENTLY t_a ON t (a)");
      await until(database, "SELECT count(*)::int AS n FROM pg_index WHERE indexrelid = to_regclass('t_a')");
      const plan = await migrator.repair();
      await client.query("COMMIT");
      await building;
      await byHand.end();
      expect([plan.cleanup, plan.statements[0]?.objects[0]?.state]).toEqual([[], "building"]);
    });
    await migrator.up();
    expect(await count(database, "SELECT count(*)::int AS n FROM pg_index WHERE NOT indisvalid")).toBe(0);
  });

  test("whoever waited meanwhile reports the same failure, and the ways out", async () => {
    await using database = await createDatabase(server);
    await database.query("CREATE TABLE t (a int); INSERT INTO t VALUES (7), (7)");
    const files = { "1_a.sql": `${HEAD}CREATE TABLE b ();\nCREATE UNIQUE INDEX CONCURRENTLY t_a ON t (a);\n` };
    await using first = migratorFor(database.url, files);
    await using second = migratorFor(database.url, files);
    const runs: Promise<unknown>[] = [];
    await whileInUse(database, "t", "ROW EXCLUSIVE", async () => {
      runs.push(first.up().catch((error: unknown) => error));
      await until(database, "SELECT count(*)::int AS n FROM pg_index WHERE indexrelid = to_regclass('t_a')");
      runs.push(second.up().catch((error: unknown) => error));
      while (!second.events.some(({ type }) => type === "lock-wait")) await setTimeout(10);
    });
    const failure = { detail: "Key (a)=(7) is duplicated.", sqlState: "23505", statementNumber: 2 };
    const hint = expect.stringMatching(/gander repair 1 .*\n {2}gander up /);
    expect(await Promise.all(runs)).toEqual([
      expect.objectContaining({ failure: expect.objectContaining(failure), hint }),
      expect.objectContaining({ failure: expect.objectContaining(failure), hint }),
    ]);
  });

  test("a DROP INDEX that was interrupted is finished", async () => {
    await using database = await createDatabase(server);
    await database.query("CREATE TABLE t (a int); CREATE INDEX t_a ON t (a)");
    await using migrator = migratorFor(database.url, { "1_a.sql": `${HEAD}DROP INDEX CONCURRENTLY t_a;\n` });
    await whileInUse(database, "t", "ACCESS SHARE", async () => {
      const run = migrator.up();
      run.catch(() => undefined);
      await until(database, "SELECT count(*)::int AS n FROM pg_index WHERE NOT indisvalid");
      await interrupt(database, "cancel", "DROP INDEX");
      await expect(run).rejects.toMatchObject({ failure: { sqlState: "57014" } });
    });
    expect((await migrator.repair()).cleanup).toEqual(["DROP INDEX CONCURRENTLY public.t_a"]);
    expect((await migrator.up()).steps).toHaveLength(1);
  });
});

// PostgreSQL 13 has no DETACH … CONCURRENTLY.
describe.each(servers().filter(({ major }) => major >= 14))(
  "a DETACH that was interrupted, on PostgreSQL $major",
  (server) => {
    const DETACH = { "1_a.sql": `${HEAD}ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY;\nCREATE TABLE c ();\n` };

    async function stopDetach(database: TestDatabase) {
      await database.query(PARTITIONS);
      const migrator = migratorFor(database.url, DETACH);
      await whileInUse(database, "p", "ACCESS SHARE", async () => {
        const run = migrator.up();
        run.catch(() => undefined);
        await until(database, PENDING);
        await interrupt(database, "cancel", "DETACH");
        await expect(run).rejects.toMatchObject({ failure: { sqlState: "57014" } });
      });
      return migrator;
    }

    const DETACHED = "SELECT count(*)::int AS n FROM pg_inherits WHERE inhparent = 'p'::regclass";

    test("a DETACH that is pending is told, and finalized by the next up", async () => {
      await using database = await createDatabase(server);
      await using migrator = await stopDetach(database);
      const plan = await migrator.repair();
      expect(plan.statements[0]?.objects).toEqual([
        { action: "drop", kind: "partition", name: "p1", of: "p", state: "detach-pending" },
      ]);
      expect([plan.cleanup, await count(database, PENDING)]).toEqual([[], 1]);
      await migrator.up();
      expect([await count(database, PENDING), await count(database, DETACHED)]).toEqual([0, 1]);
      expect(await notes(database)).toContain(
        'statement 1: ALTER TABLE "p" DETACH PARTITION "p1" FINALIZE (its DETACH CONCURRENTLY was interrupted)',
      );
    });

    test("after a crash it is finalized by itself; one that had come to its end is not done again", async () => {
      await using database = await createDatabase(server);
      await using migrator = await stopDetach(database);
      await pretendCrash(database);
      await migrator.up();
      expect(await count(database, DETACHED)).toBe(1);
      await using other = await createDatabase(server);
      await using again = await stopDetach(other);
      await other.query("ALTER TABLE p DETACH PARTITION p1 FINALIZE");
      await pretendCrash(other);
      await again.up();
      expect(await notes(other)).toContain("statement 1: the statement was found done");
    });

    test("a session that is ended in the middle of a DETACH: the run goes on over another one, and finalizes it", async () => {
      await using database = await createDatabase(server);
      await database.query(PARTITIONS);
      await using migrator = migratorFor(database.url, DETACH);
      let run: Promise<unknown> | undefined;
      await whileInUse(database, "p", "ACCESS SHARE", async () => {
        run = migrator.up();
        run.catch(() => undefined);
        await until(database, PENDING);
        await interrupt(database, "terminate", "DETACH");
      });
      await run;
      expect([await count(database, PENDING), await count(database, DETACHED)]).toEqual([0, 1]);
      expect((await migrator.status()).versions[0]?.state).toBe("applied");
    });
  },
);
