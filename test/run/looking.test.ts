import { Client } from "pg";
import { describe, expect, test } from "vitest";
import { createDatabase } from "../support/create-database.ts";
import { startProxy } from "../support/proxy.ts";
import { servers } from "../support/server-list.ts";
import { migratorFor } from "./fixtures.ts";

const tables = (count: number): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`${index + 1}_t.sql`, `CREATE TABLE t${index + 1} (id int);`]),
  );

describe.each(servers())("promise 5, looking is free, on PostgreSQL $major", (server) => {
  test("status, version and plan make no table, also where nothing may be written", async () => {
    await using database = await createDatabase(server);
    await database.query(`ALTER DATABASE "${database.name}" SET default_transaction_read_only = on`);
    await using migrator = migratorFor(database.url, tables(2));
    expect(await migrator.version()).toBe(0n);
    expect((await migrator.status()).versions.map(({ state }) => state)).toEqual(["pending", "pending"]);
    expect((await migrator.plan()).steps).toHaveLength(2);
    await expect(migrator.up()).rejects.toMatchObject({ code: "GANDER_READ_ONLY" });
    await expect(migrator.accept(1n)).rejects.toMatchObject({ code: "GANDER_READ_ONLY" });
    expect(
      await database.query("SELECT count(*)::int AS n FROM pg_class WHERE relname LIKE 'schema_migrations%'"),
    ).toEqual([{ n: 0 }]);
  });

  test("with nothing to do it is one round trip whose bytes do not grow; 45 new migrations take at most five", async () => {
    await using database = await createDatabase(server);
    const proxy = await startProxy({ host: server.host, port: server.port });
    const url = new URL(database.url);
    url.host = `127.0.0.1:${proxy.port}`;
    const through = async (count: number, change: (text: string) => string = (text) => text) => {
      const files = Object.fromEntries(Object.entries(tables(count)).map(([name, text]) => [name, change(text)]));
      await using migrator = migratorFor(String(url), files);
      proxy.reset();
      const { steps } = await migrator.up();
      return { steps: steps.length, ...proxy.traffic() };
    };
    try {
      // The floor: connect, one query, leave.
      const client = new Client({ connectionString: String(url) });
      await client.connect();
      await client.query("SELECT 1");
      await client.end();
      const floor = proxy.traffic().roundTrips;
      const fresh = await through(45);
      const quick = await through(45);
      expect([fresh.steps, quick.steps]).toEqual([45, 0]);
      expect(quick.roundTrips).toBe(floor);
      expect(fresh.roundTrips).toBeLessThanOrEqual(floor + 4);
      const commented = await through(45, (text) => `-- a new licence header\n${text}`);
      expect([commented.steps, commented.roundTrips]).toEqual([0, floor]);
      expect((await through(200)).steps).toBe(155);
      const more = await through(200);
      expect(more.roundTrips).toBe(floor);
      expect(Math.abs(more.bytesToClient - quick.bytesToClient)).toBeLessThan(64);
    } finally {
      await proxy.close();
    }
  });
});
