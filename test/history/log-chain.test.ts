import type { PGlite } from "@electric-sql/pglite";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../src/database/connection.ts";
import { openDatabase } from "../../src/database/open-database.ts";
import { logEvent } from "../../src/history/log-event.ts";
import type { MigratorOptions } from "../../src/index.ts";
import { makeLayout1, makeNextLayout, type Query } from "../run/layouts.ts";
import { migratorFor } from "../run/fixtures.ts";
import { createDatabase, type TestDatabase, urlOf } from "../support/create-database.ts";
import { createPGlite } from "../support/create-pglite.ts";
import { servers } from "../support/server-list.ts";

const FILES = {
  "1_a.sql": ["CREATE TABLE a (x int);", "DROP TABLE a;"],
  "2_b.sql": ["CREATE TABLE b (x int);", "DROP TABLE b;"],
} as const;
const OUTSIDE =
  "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE o (x int);\nCREATE INDEX CONCURRENTLY o_x ON o (x);\n-- +goose Down\nDROP TABLE o;\n";
const TABLE = { schema: "public", name: "schema_migrations" };
const WRITER = { host: "elsewhere", processId: 1, runId: "another run" };

/** Everything that a session can be set to and that shows in how values look. */
const ODD_SETTINGS = [
  "TimeZone = 'Asia/Kathmandu'",
  "DateStyle = 'German, DMY'",
  "IntervalStyle = 'sql_standard'",
  "bytea_output = 'escape'",
  "extra_float_digits = -15",
  "quote_all_identifiers = on",
  "standard_conforming_strings = off",
  "lc_time = 'C'",
  "lc_numeric = 'C'",
  "lc_monetary = 'C'",
  "xmlbinary = 'hex'",
];

async function verified(database: MigratorOptions["database"], head?: string) {
  await using migrator = migratorFor(database, {});
  return await migrator.verifyLog(head === undefined ? {} : { head });
}

/** A database that counts the messages sent to it. */
function counting(url: string): { readonly database: Database; readonly sent: string[] } {
  const sent: string[] = [];
  const opened = openDatabase(url, {});
  const database: Database = {
    ...opened,
    connect: async () => {
      const connection = await opened.connect();
      return Object.assign(Object.create(connection), {
        send: (message: string, options: object) => {
          sent.push(message);
          return connection.send(message, options);
        },
      });
    },
  };
  return { database, sent };
}

describe.each(servers())("the log's chain on PostgreSQL $major", (server) => {
  let database: TestDatabase;
  beforeAll(async () => (database = await createDatabase(server)));
  afterAll(() => database.drop());
  const start = async (): Promise<void> => {
    await database.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  };

  test("is the same whatever the sessions are set to that write it and that verify it", async () => {
    await using own = await createDatabase(server);
    const set = async (settings: readonly string[]): Promise<void> => {
      await own.query("SELECT 1");
      for (const setting of settings) await own.query(`ALTER DATABASE ${own.name} SET ${setting}`);
    };
    const files = { ...FILES, "3_c.sql": "SELECT 1/0; -- \\ ' é 😀" };
    await using plain = migratorFor(own.url, files);
    await expect(plain.up()).rejects.toMatchObject({ code: "GANDER_MIGRATION_FAILED" });
    await set(ODD_SETTINGS);
    expect(await verified(own.url)).toMatchObject({ events: 3, findings: [] });
    await using odd = migratorFor(own.url, files);
    await expect(odd.up()).rejects.toMatchObject({ code: "GANDER_MIGRATION_FAILED" });
    await odd.down();
    expect(await verified(own.url)).toMatchObject({ events: 5, findings: [] });
    await own.query(`ALTER DATABASE ${own.name} RESET ALL`);
    expect(await verified(own.url)).toMatchObject({ events: 5, findings: [] });
  });

  test("goes on through all that is done, and its head is what each run tells", async () => {
    await start();
    await using migrator = migratorFor(database.url, { ...FILES, "3_o.sql": OUTSIDE, "4_d.sql": "SELECT 1/0;" });
    await expect(migrator.up()).rejects.toMatchObject({ code: "GANDER_MIGRATION_FAILED" });
    const told = migrator.events.findLast((event) => event.type === "logged");
    expect(told).toEqual({ type: "logged", head: (await verified(database.url)).head });
    await using all = migratorFor(database.url, { ...FILES, "3_o.sql": OUTSIDE });
    expect((await all.up()).logHead).toBeUndefined();
    const heads = [(await all.redo()).logHead, (await all.down()).logHead];
    expect(heads[1]).toBe((await verified(database.url)).head);
    const { logHead } = await all.up();
    const after = await verified(database.url, logHead?.toUpperCase());
    expect(after).toMatchObject({ head: logHead, findings: [] });
    for (const head of heads) expect((await verified(database.url, head)).findings).toEqual([]);
    expect(all.events.filter((event) => event.type === "step-notice")).toEqual([]);
  });

  test("costs no round trip: 45 fresh ones take as many messages as one, a start with nothing to do takes one", async () => {
    const fresh = async (count: number): Promise<number> => {
      await start();
      const files = Object.fromEntries(
        Array.from({ length: count }, (_, at) => [`${at + 1}_m.sql`, `CREATE TABLE t${at} (x int);`]),
      );
      const { database: counted, sent } = counting(database.url);
      await using migrator = migratorFor(counted, files);
      await migrator.up();
      const first = sent.length;
      await migrator.up();
      expect(sent.length - first).toBe(1);
      return first;
    };
    expect([await fresh(1), await fresh(45)]).toEqual([5, 5]);
  });

  /** Runs something while another session has written an event and not committed it: it waits, and loses. */
  const overtaken = async (work: () => Promise<unknown>): Promise<void> => {
    const other = new Client(database.url);
    await other.connect();
    try {
      await other.query(`BEGIN; ${logEvent(TABLE, { event: "repaired", note: "at the same moment" }, WRITER)}`);
      const done = work();
      for (;;) {
        const waiting = await database.query(
          "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
        );
        if (waiting.length > 0) break;
      }
      await other.query("COMMIT");
      await done;
    } finally {
      await other.end();
    }
    expect((await verified(database.url)).findings).toEqual([]);
  };
  const newest = (): Promise<unknown> =>
    database.query("SELECT event FROM (SELECT * FROM schema_migrations_log ORDER BY id DESC LIMIT 2) l ORDER BY id");

  test("an event that comes in at the same moment is written behind: by a step, which is done again", async () => {
    await start();
    await using first = migratorFor(database.url, FILES);
    await first.up();
    await using migrator = migratorFor(database.url, { ...FILES, "3_c.sql": "CREATE TABLE c (x int);" });
    await overtaken(async () => expect((await migrator.up()).steps).toMatchObject([{ version: 3n }]));
    expect(await newest()).toEqual([{ event: "repaired" }, { event: "applied" }]);
  });

  test("the same by a migration outside a transaction, by a failure, and by what is done by hand", async () => {
    await start();
    await using first = migratorFor(database.url, FILES);
    await first.up();
    const outside = "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE o (x int);\n";
    for (const text of [outside, OUTSIDE.replaceAll(/\bo\b/g, "p")]) {
      await using migrator = migratorFor(database.url, { ...FILES, [text === outside ? "3_o.sql" : "4_p.sql"]: text });
      await overtaken(async () => expect((await migrator.up()).steps).toHaveLength(1));
      expect(await newest()).toEqual([{ event: "repaired" }, { event: "applied" }]);
    }
    await using failing = migratorFor(database.url, { ...FILES, "5_f.sql": "SELECT 1/0;" });
    await overtaken(async () => {
      const error = await failing.up().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "GANDER_MIGRATION_FAILED" });
      expect(String(error)).not.toMatch("could not be written");
    });
    expect(await newest()).toEqual([{ event: "repaired" }, { event: "failed" }]);
    await overtaken(() => first.accept(2n));
    expect(await newest()).toEqual([{ event: "repaired" }, { event: "accepted" }]);
    await overtaken(() => failing.repair({ mark: "rolled-back" }));
    expect(await newest()).toEqual([{ event: "repaired" }, { event: "repaired" }]);
  });

  test("stays whole where many servers start at once, and all of them fail", async () => {
    await start();
    const files = { ...FILES, "3_o.sql": OUTSIDE, "4_d.sql": "CREATE TABLE d (x int);", "5_e.sql": "SELECT 1/0;" };
    const migrators = Array.from({ length: 20 }, () => migratorFor(database.url, files));
    const runs = await Promise.allSettled(migrators.map((migrator) => migrator.up()));
    expect(new Set(runs.map(({ status }) => status))).toEqual(new Set(["rejected"]));
    await Promise.allSettled(migrators.map((migrator) => migrator.up()));
    await Promise.all(migrators.map((migrator) => migrator.close()));
    const { findings, events } = await verified(database.url);
    expect(findings).toEqual([]);
    expect(await database.query("SELECT count(*)::int AS n FROM schema_migrations_log")).toEqual([{ n: events }]);
    expect(
      await database.query(
        "SELECT version_id::int AS v FROM schema_migrations_log WHERE event = 'applied' ORDER BY id",
      ),
    ).toEqual([1, 2, 3, 4].map((v) => ({ v })));
  });

  test("nobody changes or removes an event, not even the owner by mistake", async () => {
    await start();
    await using migrator = migratorFor(database.url, FILES, { table: `"${"ä".repeat(29)}"` });
    await migrator.up();
    const log = `"${"ä".repeat(29)}_log"`;
    const refused = { code: "42501", message: expect.stringMatching(/_log is append-only: (UPDATE|DELETE|TRUNCATE)/) };
    for (const change of [`UPDATE ${log} SET note = ''`, `DELETE FROM ${log}`, `TRUNCATE ${log}`]) {
      await expect(database.query(change)).rejects.toMatchObject(refused);
    }
    const parent = `CREATE TABLE above (LIKE ${log}); ALTER TABLE ${log} INHERIT above;`;
    await expect(database.query(`${parent} DELETE FROM above`)).rejects.toMatchObject(refused);
    await expect(database.query(`${parent} TRUNCATE above`)).rejects.toMatchObject(refused);
    expect((await migrator.verifyLog()).findings).toEqual([]);
  });

  test("default privileges give nobody a right to it, and who may read it is told how", async () => {
    await start();
    const role = `${database.name}_clerk`;
    await database.query(`CREATE ROLE ${role} LOGIN PASSWORD 'clerk'; GRANT USAGE ON SCHEMA public TO ${role};
      ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO ${role}, PUBLIC`);
    try {
      await using migrator = migratorFor(database.url, FILES);
      await migrator.up();
      const rights = (table: string): Promise<unknown> =>
        database.query(`SELECT privilege_type AS r FROM information_schema.role_table_grants
          WHERE table_name = '${table}' AND grantee IN ('${role}', 'PUBLIC')`);
      expect(await rights("schema_migrations")).not.toEqual([]);
      expect(await rights("schema_migrations_log")).toEqual([]);
      await using clerk = migratorFor(urlOf(server, database.name, role, "clerk"), FILES);
      expect((await clerk.up()).steps).toEqual([]);
      await expect(clerk.log()).rejects.toMatchObject({
        code: "GANDER_CONFIG",
        hint: expect.stringContaining('GRANT SELECT ON "public"."schema_migrations_log" TO'),
      });
      await database.query(`GRANT SELECT ON schema_migrations_log TO ${role}`);
      expect((await clerk.log()).events).toHaveLength(2);
    } finally {
      await database.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });

  test("of a history from before there were hashes begins where it is upgraded, and its log refuses changes from then on", async () => {
    await start();
    await using migrator = migratorFor(database.url, FILES);
    await migrator.up();
    await makeLayout1(database.query);
    expect(await verified(database.url)).toMatchObject({ events: 2, withoutHash: 2, head: undefined, findings: [] });
    expect((await migrator.log()).events).toMatchObject([{ hash: undefined }, { hash: undefined }]);
    await database.query("GRANT ALL ON schema_migrations_log TO PUBLIC");
    await migrator.down();
    expect(await verified(database.url)).toMatchObject({ events: 4, withoutHash: 2, findings: [] });
    const [upgraded] = (await migrator.log({ event: "upgraded" })).events;
    expect(upgraded).toMatchObject({ id: 3n, previousHash: undefined, hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    await expect(database.query("DELETE FROM schema_migrations_log")).rejects.toMatchObject({ code: "42501" });
    expect(
      await database.query(`SELECT privilege_type AS r FROM information_schema.role_table_grants
        WHERE table_name = 'schema_migrations_log' AND grantee = 'PUBLIC' AND privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE')`),
    ).toEqual([]);
    await database.query(
      `ALTER TABLE schema_migrations_log DISABLE TRIGGER USER; DELETE FROM schema_migrations_log WHERE id = 1`,
    );
    expect((await verified(database.url)).findings).toMatchObject([
      { kind: "removed", id: 1n },
      { kind: "unlogged", version: 1n },
    ]);
  });

  test("of a newer layout is shown and verified, with the columns that only it knows", async () => {
    await start();
    await using migrator = migratorFor(database.url, FILES);
    await migrator.up();
    await makeNextLayout(database.query);
    expect((await migrator.log()).events).toHaveLength(2);
    expect((await verified(database.url)).findings).toEqual([]);
    await database.query(
      "ALTER TABLE schema_migrations_log DISABLE TRIGGER USER; UPDATE schema_migrations_log SET mood = 'bad' WHERE id = 1",
    );
    expect((await verified(database.url)).findings).toMatchObject([{ kind: "edited", id: 1n }]);
  });

  test("a history that does not say what its log says is told", async () => {
    await start();
    await using migrator = migratorFor(database.url, FILES);
    await migrator.up();
    await database.query("DELETE FROM schema_migrations WHERE version_id = 1");
    await database.query(`INSERT INTO schema_migrations (version_id, is_dirty, "timestamp", name, sequence, state, direction, statements, statements_done, source)
      VALUES (7, false, now(), '7_g.sql', 7, 'applied', 'up', 1, 1, 'gander')`);
    expect((await verified(database.url)).findings).toMatchObject([
      { kind: "unlisted", id: 1n, version: 1n, name: "1_a.sql" },
      { kind: "unlogged", version: 7n, name: "7_g.sql" },
    ]);
    await database.query("DROP TABLE schema_migrations_log");
    await expect(migrator.verifyLog()).rejects.toMatchObject({ code: "GANDER_HISTORY_ALTERED" });
    await expect(migrator.log()).rejects.toMatchObject({ code: "GANDER_HISTORY_ALTERED" });
  });

  test("nothing is written where there is no history", async () => {
    await start();
    await using migrator = migratorFor(database.url, FILES);
    expect(await migrator.log()).toEqual({ table: "public.schema_migrations", historyExists: false, events: [] });
    expect((await migrator.verifyLog()).findings).toEqual([]);
    expect((await migrator.verifyLog({ head: "0".repeat(64) })).findings).toMatchObject([{ kind: "head-gone" }]);
    await expect(migrator.verifyLog({ head: "12" })).rejects.toMatchObject({ code: "GANDER_USAGE" });
    expect(await database.query("SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace")).toEqual([]);
  });

  test("is filtered by version, time, kind and number, on a session that writes nothing", async () => {
    await start();
    await using migrator = migratorFor(database.url, FILES);
    await migrator.up();
    await migrator.down();
    await using reader = migratorFor(`${database.url}?options=-c%20default_transaction_read_only%3Don`, FILES);
    const ids = async (filter: Parameters<typeof reader.log>[0]) =>
      (await reader.log(filter)).events.map(({ id }) => Number(id));
    expect(await ids({})).toEqual([3, 2, 1]);
    expect(await ids({ version: 2n })).toEqual([3, 2]);
    expect(await ids({ event: "rolled back" })).toEqual([3]);
    expect(await ids({ limit: 2 })).toEqual([3, 2]);
    const [newest] = (await reader.log({ limit: 1 })).events;
    const later = new Date((newest?.timestamp.getTime() ?? 0) + 1);
    expect(await ids({ since: later })).toEqual([]);
    expect(await ids({ until: later })).toEqual([3, 2, 1]);
    expect(newest).toMatchObject({ direction: "down", databaseUser: "postgres", processId: process.pid, version: 2n });
  });
});

describe("the log's chain on PGlite", () => {
  let database: PGlite;
  let query: Query;
  beforeAll(async () => {
    database = await createPGlite();
    query = async (sql) => (await database.exec(sql)).at(-1)?.rows ?? [];
  });
  afterAll(() => database.close());

  test("goes on through all that is done, in whatever the session is set to, and refuses changes", async () => {
    for (const setting of ODD_SETTINGS.slice(0, 5)) await query(`SET ${setting}`);
    await using failing = migratorFor(database, { ...FILES, "3_o.sql": OUTSIDE, "4_d.sql": "SELECT 1/0;" });
    await expect(failing.up()).rejects.toMatchObject({ code: "GANDER_MIGRATION_FAILED" });
    await query("RESET ALL");
    const { logHead } = await failing.down({ allowEmptyDown: true });
    expect(await failing.verifyLog({ head: logHead ?? "" })).toMatchObject({ events: 5, head: logHead, findings: [] });
    await expect(query("TRUNCATE schema_migrations_log")).rejects.toThrow("append-only");
    expect((await failing.log({ event: "failed" })).events).toMatchObject([
      { version: 4n, error: { sqlState: "22012" } },
    ]);
  });

  test("begins where a history is upgraded", async () => {
    await query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    await using migrator = migratorFor(database, FILES);
    await migrator.up();
    await makeLayout1(query);
    expect((await migrator.log()).events).toHaveLength(2);
    await migrator.down();
    expect(await migrator.verifyLog()).toMatchObject({ events: 4, withoutHash: 2, findings: [] });
  });
});
