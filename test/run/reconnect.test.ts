import { describe, expect, test } from "vitest";
import { ConnectionLostError } from "../../src/index.ts";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import { startProxy } from "../support/proxy.ts";
import { servers, type TestServer } from "../support/server-list.ts";
import { migratorFor } from "./fixtures.ts";

/** Ends its own session the first `times` times it runs: a sequence keeps its value when all else is rolled back. */
async function createFuse(database: TestDatabase): Promise<(times: number) => string> {
  await database.query("CREATE SEQUENCE fuse");
  return (times) => `SELECT pg_terminate_backend(pg_backend_pid()) FROM nextval('fuse') AS n WHERE n <= ${times};`;
}

/** Cuts every connection when an answer has these words, which the client never gets; once. */
async function cutAt(server: TestServer, database: TestDatabase, words: string) {
  let isCut = false;
  const proxy = await startProxy({
    host: server.host,
    port: server.port,
    inspect: (direction, chunk) => {
      if (isCut || direction !== "to-client" || !chunk.includes(words)) return "pass";
      isCut = true;
      return "cut";
    },
  });
  const url = new URL(database.url);
  url.host = `${proxy.host}:${proxy.port}`;
  return { url: url.href, wasCut: () => isCut, [Symbol.asyncDispose]: () => proxy.close() };
}

const APPLIED = "SELECT version_id::int AS version FROM schema_migrations_log WHERE event = $1 ORDER BY id";
const count = (database: TestDatabase, event: string) => database.query(APPLIED.replace("$1", `'${event}'`));

describe.each(servers())("a run whose connection is lost, on PostgreSQL $major", (server) => {
  test("goes on over a new one; nothing runs twice", async () => {
    await using database = await createDatabase(server);
    const fuse = await createFuse(database);
    const files = {
      "1_a.sql": "CREATE TABLE a (x int);",
      "2_b.sql": `CREATE TABLE b (x int);\n${fuse(2)}`,
      "3_c.sql": "CREATE TABLE c (x int);",
    };
    await using migrator = migratorFor(database.url, files);
    const { steps } = await migrator.up();
    expect(steps.map(({ version }) => version)).toEqual([1n, 2n, 3n]);
    expect(migrator.events.filter(({ type }) => type === "step-done")).toHaveLength(3);
    expect(migrator.events.filter(({ type }) => type === "connection-lost")).not.toHaveLength(0);
    expect(await count(database, "applied")).toEqual([{ version: 1 }, { version: 2 }, { version: 3 }]);
  });

  test("a commit whose answer was lost is found in the history, and told", async () => {
    await using database = await createDatabase(server);
    await using cut = await cutAt(server, database, " done 1");
    const files = { "1_a.sql": "CREATE TABLE a ();", "2_b.sql": "CREATE TABLE b ();", "3_c.sql": "CREATE TABLE c ();" };
    await using migrator = migratorFor(cut.url, files);
    const { steps, from, to } = await migrator.up();
    expect(cut.wasCut()).toBe(true);
    expect([from, to]).toEqual([0n, 3n]);
    expect(steps.map(({ version }) => version)).toEqual([1n, 2n, 3n]);
    expect(await count(database, "applied")).toEqual([{ version: 1 }, { version: 2 }, { version: 3 }]);
  });

  test("up-by-one and down do no more than they were asked for", async () => {
    await using database = await createDatabase(server);
    const files = {
      "1_a.sql": ["CREATE TABLE a ();", "DROP TABLE a;"],
      "2_b.sql": ["CREATE TABLE b ();", "DROP TABLE b;"],
      "3_c.sql": ["CREATE TABLE c ();", "DROP TABLE c;"],
    } as const;
    const at = async (work: (migrator: ReturnType<typeof migratorFor>) => Promise<unknown>) => {
      await using cut = await cutAt(server, database, " done 0");
      await using migrator = migratorFor(cut.url, files);
      const result = await work(migrator);
      expect(cut.wasCut()).toBe(true);
      return result;
    };
    expect(await at((migrator) => migrator.up({ limit: 1 }))).toMatchObject({ steps: [{ version: 1n }], to: 1n });
    await using direct = migratorFor(database.url, files);
    await direct.up();
    expect(await at((migrator) => migrator.down())).toMatchObject({ steps: [{ version: 3n }], from: 3n, to: 2n });
    let asked = 0;
    const confirm = async () => {
      asked++;
      return true;
    };
    expect(await at((migrator) => migrator.reset({ confirm }))).toMatchObject({
      steps: [{ version: 2n }, { version: 1n }],
      from: 2n,
      to: 0n,
    });
    expect(asked).toBe(1);
    expect(await count(database, "rolled back")).toEqual([{ version: 3 }, { version: 2 }, { version: 1 }]);
  });

  test("outside a transaction: the statement under way is done again where it was rolled back, with its row to tell", async () => {
    await using database = await createDatabase(server);
    const fuse = await createFuse(database);
    const files = {
      "1_a.sql": `-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE ran (what text);
INSERT INTO ran SELECT 'once' FROM (SELECT 1) AS one;
INSERT INTO ran SELECT 'fuse' FROM (${fuse(1).slice(0, -1)}) AS gone RIGHT JOIN (SELECT 1) AS one ON true;
CREATE INDEX CONCURRENTLY ran_what ON ran (what);
`,
    };
    await using migrator = migratorFor(database.url, files);
    expect((await migrator.up()).steps).toMatchObject([{ version: 1n }]);
    expect(await database.query("SELECT what FROM ran ORDER BY what")).toEqual([{ what: "fuse" }, { what: "once" }]);
    expect(await count(database, "applied")).toEqual([{ version: 1 }]);
  });

  test("a backend that is still at work for a client that is gone is ended before anything is read", async () => {
    await using database = await createDatabase(server);
    await using cut = await cutAt(server, database, " start 1");
    await database.query("CREATE SEQUENCE tries");
    const files = {
      "1_a.sql": "CREATE TABLE a ();",
      // The first try sleeps far longer than the test may take.
      "2_b.sql": "CREATE TABLE b ();\nSELECT pg_sleep(10000) FROM nextval('tries') AS n WHERE n = 1;",
    };
    await using migrator = migratorFor(cut.url, files);
    expect((await migrator.up()).steps.map(({ version }) => version)).toEqual([1n, 2n]);
    expect(await count(database, "applied")).toEqual([{ version: 1 }, { version: 2 }]);
  });

  test("a migration that ends its own session each time is not tried for ever, and what is known is told", async () => {
    await using database = await createDatabase(server);
    const fuse = await createFuse(database);
    await using migrator = migratorFor(database.url, { "1_a.sql": "CREATE TABLE a ();", "2_b.sql": fuse(1_000) });
    const error = await migrator.up().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ConnectionLostError);
    const { message, hint } = error as ConnectionLostError;
    expect(message).toMatch(/lost.* while 2_b\.sql was under way; .*3 times in a row/);
    expect(hint).toMatch(/gander up/);
    expect((await migrator.status()).versions.map(({ state }) => state)).toEqual(["applied", "pending"]);
  });

  test("no other connection in time: what is not known is said, and the next start is clean", async () => {
    await using database = await createDatabase(server);
    const files = { "1_a.sql": "CREATE TABLE a ();", "2_b.sql": "CREATE TABLE b ();\nSELECT pg_sleep(10000);" };
    const proxy = await startProxy({ host: server.host, port: server.port });
    const url = new URL(database.url);
    url.host = `${proxy.host}:${proxy.port}`;
    const migrator = migratorFor(url.href, files, {
      reconnect: 300,
      onEvent: (event) => {
        if (event.type === "step-start" && event.version === 2n) void proxy.close();
      },
    });
    const error = await migrator.up().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ConnectionLostError);
    expect((error as Error).message).toMatch(/while 2_b\.sql was under way; no other one came about within 300 ms/);
    await migrator.close();
    await database.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'",
    );
    await using next = migratorFor(database.url, { ...files, "2_b.sql": "CREATE TABLE b ();" });
    expect((await next.up()).steps.map(({ version }) => version)).toEqual([2n]);
  });

  test("a server that is read-only after a failover is waited for, and told where it stays so", async () => {
    await using database = await createDatabase(server);
    const fuse = await createFuse(database);
    const set = (on: boolean) => `ALTER DATABASE ${database.name} SET default_transaction_read_only = ${on};`;
    const files = { "1_a.sql": set(true), "2_b.sql": fuse(1) };
    let writable: Promise<unknown> | undefined;
    await using migrator = migratorFor(database.url, files, {
      onEvent: (event) => {
        if (event.type === "connection-lost" && /read-only now/.test(event.message))
          writable ??= database.query(set(false));
      },
    });
    expect((await migrator.up()).steps.map(({ version }) => version)).toEqual([1n, 2n]);
    expect(writable).toBeDefined();
    await writable;
    await database.query("SELECT setval('fuse', 1, false)");
    const more = { ...files, "3_c.sql": set(true), "4_d.sql": fuse(1) };
    await using impatient = migratorFor(database.url, more, { reconnect: 300 });
    const error = await impatient.up().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ConnectionLostError);
    expect((error as Error).message).toMatch(/while 4_d\.sql was under way; .*read-only now/);
  });

  test("a Client of the caller cannot be replaced: that is said at once", async () => {
    await using database = await createDatabase(server);
    const fuse = await createFuse(database);
    const { default: pg } = await import("pg");
    const client = new pg.Client(database.url);
    client.on("error", () => {});
    await using migrator = migratorFor(client, { "1_a.sql": fuse(1) });
    const error = await migrator.up().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ConnectionLostError);
    expect((error as Error).message).toMatch(/cannot be opened again/);
  });
});
