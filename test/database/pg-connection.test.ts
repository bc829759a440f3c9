import pg from "pg";
import { describe, expect, test } from "vitest";
import type { Database } from "../../src/database/connection.ts";
import type { PgClient } from "../../src/database/pg-client.ts";
import { createClientDatabase, createPoolDatabase, type PgPool } from "../../src/database/pg-database.ts";
import { ConnectionError, ConnectionLostError } from "../../src/errors.ts";
import { createDatabase, urlOf } from "../support/create-database.ts";
import { startProxy, type ProxyOptions } from "../support/proxy.ts";
import { newestServer, servers, type TestServer } from "../support/server-list.ts";
import { describeConnection } from "./contract.ts";

function openPool(pool: pg.Pool): Database {
  return createPoolDatabase(pool as unknown as PgPool, {});
}

describe.each(servers())("PostgreSQL $major", (server) => {
  describeConnection({
    name: "pg, from a Pool",
    open: async () => {
      const own = await createDatabase(server);
      const pool = new pg.Pool({ connectionString: own.url });
      return {
        database: openPool(pool),
        dispose: async () => {
          await pool.end();
          await own.drop();
        },
      };
    },
  });

  describeConnection({
    name: "pg, from a Client that is connected",
    open: async () => {
      const own = await createDatabase(server);
      const client = new pg.Client(own.url);
      await client.connect();
      return {
        database: createClientDatabase(client as unknown as PgClient),
        dispose: async () => {
          expect((await client.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
          await client.end();
          await own.drop();
        },
      };
    },
  });

  test("tells a notice while the message still runs", async () => {
    await using own = await createDatabase(server);
    const pool = new pg.Pool({ connectionString: own.url });
    const connection = await openPool(pool).connect();
    await own.query("SELECT pg_advisory_lock(1)");
    let unlocked: Promise<unknown> | undefined;
    // The message waits for the lock, which is only released when its notice was told.
    await connection.send("DO $$ BEGIN RAISE INFO 'here'; PERFORM pg_advisory_lock(1); END $$; SELECT 1", {
      onNotice: () => (unlocked = own.query("SELECT pg_advisory_unlock(1)")),
    });
    await unlocked;
    await connection.close();
    await pool.end();
    expect(unlocked).toBeDefined();
  });

  test("cancels what runs, and only that", async () => {
    await using own = await createDatabase(server);
    const pool = new pg.Pool({ connectionString: own.url });
    const connection = await openPool(pool).connect();
    let asked: Promise<void> | undefined;
    const outcome = connection.send("DO $$ BEGIN RAISE INFO 'go'; PERFORM pg_sleep(600); END $$", {
      onNotice: () => (asked = connection.cancel()),
    });
    await expect(outcome).rejects.toMatchObject({ sqlState: "57014", completed: 0 });
    await asked;
    expect(await connection.send("SELECT 1")).toMatchObject([{ rows: [["1"]] }]);
    await connection.close();
    await pool.end();
  });

  test("knows its process id from the start", async () => {
    await using own = await createDatabase(server);
    const pool = new pg.Pool({ connectionString: own.url });
    const connection = await openPool(pool).connect();
    const [result] = await connection.send("SELECT pg_backend_pid()");
    await connection.close();
    await pool.end();
    expect(result?.rows).toEqual([[String(connection.keyProcessId)]]);
  });

  test("reports a backend that was ended as a lost connection", async () => {
    await using own = await createDatabase(server);
    const pool = new pg.Pool({ connectionString: own.url });
    const connection = await openPool(pool).connect();
    let ending: Promise<unknown> | undefined;
    const outcome = connection.send("DO $$ BEGIN RAISE INFO 'go'; PERFORM pg_sleep(600); END $$", {
      onNotice: () => (ending = own.query(`SELECT pg_terminate_backend(${connection.keyProcessId})`)),
    });
    await expect(outcome).rejects.toThrow(/lost: terminating connection due to administrator command/);
    await expect(outcome).rejects.toBeInstanceOf(ConnectionLostError);
    await expect(outcome).rejects.toMatchObject({ cause: { sqlState: "57P01" } });
    await ending;
    await expect(connection.send("SELECT 1")).rejects.toBeInstanceOf(ConnectionLostError);
    await connection.cancel();
    await connection.close();
    await pool.end();
  });

  test("reports a backend that was ended while nothing ran", async () => {
    await using own = await createDatabase(server);
    const client = new pg.Client(own.url);
    await client.connect();
    const ended = new Promise((resolve) => client.once("end", resolve));
    const connection = await createClientDatabase(client as unknown as PgClient).connect();
    await own.query(`SELECT pg_terminate_backend(${connection.keyProcessId})`);
    await ended;
    await expect(connection.send("SELECT 1")).rejects.toThrow(/lost: terminating connection/);
    await connection.close();
  });
});

describe("a Pool", () => {
  test("gets no connection back that a migration has touched", async () => {
    await using own = await createDatabase(newestServer());
    const pool = new pg.Pool({ connectionString: own.url, max: 1 });
    const database = openPool(pool);
    const connection = await database.connect();
    await connection.send("SET search_path = elsewhere");
    await connection.close();
    const { rows } = await pool.query<{ search_path: string }>("SHOW search_path");
    expect(rows[0]?.search_path).not.toBe("elsewhere");
    expect(database.severalConnections).toBe(false);
    await pool.end();
  });

  test("may have a timeout for the queries of the application", async () => {
    await using own = await createDatabase(newestServer());
    const pool = new pg.Pool({ connectionString: own.url, query_timeout: 50 });
    const connection = await openPool(pool).connect();
    expect(await connection.send("SELECT pg_sleep(0.3); SELECT 1")).toHaveLength(2);
    await connection.close();
    await pool.end();
  });

  test("may use pipeline mode", async () => {
    await using own = await createDatabase(newestServer());
    const pool = new pg.Pool({ connectionString: own.url, pipeline: true } as pg.PoolConfig);
    const connection = await openPool(pool).connect();
    expect(await connection.send("SELECT 1; SELECT 2")).toHaveLength(2);
    await connection.close();
    await pool.end();
  });
});

describe("a Client", () => {
  test("that is not connected yet is connected, and ended with the Database", async () => {
    await using own = await createDatabase(newestServer());
    const client = new pg.Client(own.url);
    const ended = new Promise((resolve) => client.once("end", resolve));
    const database = createClientDatabase(client as unknown as PgClient);
    for (const _ of [1, 2]) {
      const connection = await database.connect();
      expect(await connection.send("SELECT 1")).toHaveLength(1);
      await expect(database.connect()).rejects.toThrow(/one session/);
      await connection.close();
    }
    await database.close();
    await ended;
  });

  test("that its owner has begun to connect is waited for", async () => {
    await using own = await createDatabase(newestServer());
    const client = new pg.Client(own.url);
    const begun = client.connect();
    const connection = await createClientDatabase(client as unknown as PgClient).connect();
    const [result] = await connection.send("SELECT pg_backend_pid()");
    expect(result?.rows).toEqual([[String(connection.keyProcessId)]]);
    await connection.close();
    await begun;
    await client.end();
  });

  test("that its owner could not connect is no use", async () => {
    const client = new pg.Client(urlOf(newestServer(), "no_such_database"));
    const database = createClientDatabase(client as unknown as PgClient);
    const begun = client.connect();
    await Promise.all([
      expect(begun).rejects.toThrow(/no_such_database/),
      expect(database.connect()).rejects.toBeInstanceOf(ConnectionError),
    ]);
    await expect(database.connect()).rejects.toThrow(/has ended/);
  });

  test("that has ended is no use", async () => {
    await using own = await createDatabase(newestServer());
    const client = new pg.Client(own.url);
    await client.connect();
    await client.end();
    await expect(createClientDatabase(client as unknown as PgClient).connect()).rejects.toThrow(/has ended/);
  });

  test("leaves no listeners behind", async () => {
    await using own = await createDatabase(newestServer());
    const client = new pg.Client(own.url);
    await client.connect();
    const listeners = () => [...client.eventNames(), client.listenerCount("error"), client.listenerCount("end")];
    const before = listeners();
    const database = createClientDatabase(client as unknown as PgClient);
    const connection = await database.connect();
    await connection.send("SELECT 1");
    await connection.close();
    await database.close();
    expect(listeners()).toEqual(before);
    await client.end();
  });
});

describe("a network that breaks", () => {
  async function openThroughProxy(server: TestServer, options: Omit<ProxyOptions, "port"> = {}) {
    const proxy = await startProxy({ ...options, host: server.host, port: server.port });
    const url = new URL(server.url);
    url.host = `${proxy.host}:${proxy.port}`;
    const pool = new pg.Pool({ connectionString: url.href });
    pool.on("error", () => {});
    const connection = await openPool(pool).connect();
    return { connection, pool, proxy };
  }

  test.each(["cut", "pass-and-cut"] as const)("loses the connection when a message is %s", async (fate) => {
    const { connection, pool, proxy } = await openThroughProxy(newestServer(), {
      inspect: (direction, chunk) => (direction === "to-server" && chunk.includes("SELECT 42") ? fate : "pass"),
    });
    await connection.send("SELECT 1");
    await expect(connection.send("SELECT 42")).rejects.toBeInstanceOf(ConnectionLostError);
    await connection.close();
    await pool.end();
    await proxy.close();
  });

  test("loses the connection in the middle of an answer", async () => {
    let seen = 0;
    const { connection, pool, proxy } = await openThroughProxy(newestServer(), {
      inspect: (direction, chunk) => (direction === "to-client" && (seen += chunk.length) > 1_000_000 ? "cut" : "pass"),
    });
    const outcome = connection.send("SELECT repeat('x', 1000) FROM generate_series(1, 10000)");
    await expect(outcome).rejects.toBeInstanceOf(ConnectionLostError);
    await connection.close();
    await pool.end();
    await proxy.close();
  });

  test("does not keep close waiting when it says nothing any more", async () => {
    const { connection, pool, proxy } = await openThroughProxy(newestServer());
    proxy.freeze();
    const outcome = connection.send("SELECT 1");
    await connection.cancel();
    await connection.close();
    await expect(outcome).rejects.toThrow(/lost: it was closed/);
    await proxy.close();
    await pool.end();
  });

  test("costs one round trip a message", async () => {
    const { connection, pool, proxy } = await openThroughProxy(newestServer());
    proxy.reset();
    await connection.send("BEGIN; SELECT 1; SELECT 2; COMMIT");
    await connection.send("SELECT 1");
    expect(proxy.traffic().roundTrips).toBe(2);
    await connection.close();
    await pool.end();
    await proxy.close();
  });
});
