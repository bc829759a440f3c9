import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { describe, expect, test } from "vitest";
import { writeSum } from "../../src/files/sum/write-sum.ts";
import { createMigrator, FileError, migrateOnStart } from "../../src/index.ts";
import { makeFolder, SIMPLE } from "../files/folder.ts";
import { createDatabase } from "../support/create-database.ts";
import { startProxy } from "../support/proxy.ts";
import { newestServer } from "../support/server-list.ts";

const second = "-- +goose Up\nCREATE TABLE b ();\n-- +goose Down\nDROP TABLE b;\n";

describe("a folder with a sum", () => {
  test("that is off is refused by every call, before the server is asked anything", async () => {
    const server = newestServer();
    await using database = await createDatabase(server);
    using folder = makeFolder({ "1_a.sql": SIMPLE });
    writeSum(folder.path);
    await migrateOnStart({ database: database.url, migrations: folder.path });
    writeFileSync(join(folder.path, "2_b.sql"), second);
    const proxy = await startProxy({ host: server.host, port: server.port });
    try {
      const url = new URL(database.url);
      url.host = `127.0.0.1:${proxy.port}`;
      const client = new Client({ connectionString: String(url) });
      await client.connect();
      await client.end();
      const { roundTrips } = proxy.traffic();
      const options = { database: String(url), migrations: folder.path };
      await using migrator = createMigrator({ ...options, role: "postgres" });
      for (const call of [
        () => migrateOnStart(options),
        () => migrator.up(),
        () => migrator.status(),
        () => migrator.version(),
        () => migrator.plan(),
        () => migrator.down(),
        () => migrator.redo(),
        () => migrator.reset(),
        () => migrator.repair(),
        () => migrator.accept(1n),
      ]) {
        proxy.reset();
        const error = await call().catch((caught: unknown) => caught);
        expect(error).toBeInstanceOf(FileError);
        expect(error).toMatchObject({ message: expect.stringContaining("2_b.sql: it is not in gander.sum") });
        expect(proxy.traffic().roundTrips).toBeLessThanOrEqual(roundTrips);
      }
    } finally {
      await proxy.close();
    }
    expect(await database.query("SELECT to_regclass('a') IS NOT NULL AS a, to_regclass('b') AS b")).toEqual([
      { a: true, b: null },
    ]);
  });

  test("that agrees runs as one without, and starts in as many round trips", async () => {
    const server = newestServer();
    await using database = await createDatabase(server);
    using folder = makeFolder({ "1_a.sql": SIMPLE, "2_b.sql": second });
    writeSum(folder.path);
    const proxy = await startProxy({ host: server.host, port: server.port });
    try {
      const url = new URL(database.url);
      url.host = `127.0.0.1:${proxy.port}`;
      const start = async () => {
        proxy.reset();
        const { steps } = await migrateOnStart({ database: String(url), migrations: folder.path });
        return { steps: steps.length, ...proxy.traffic() };
      };
      expect((await start()).steps).toBe(2);
      const summed = await start();
      rmSync(join(folder.path, "gander.sum"));
      const plain = await start();
      expect([summed.steps, summed.roundTrips]).toEqual([0, plain.roundTrips]);
    } finally {
      await proxy.close();
    }
  });

  test("what was checked is what runs, also where the file changes in between", async () => {
    await using database = await createDatabase(newestServer());
    using folder = makeFolder({ "1_a.sql": SIMPLE });
    writeSum(folder.path);
    const path = join(folder.path, "1_a.sql");
    await using migrator = createMigrator({
      database: database.url,
      migrations: folder.path,
      onEvent: ({ type }) => type === "connected" && writeFileSync(path, second),
    });
    expect((await migrator.up()).steps).toHaveLength(1);
    expect(await database.query("SELECT to_regclass('a') IS NOT NULL AS a, to_regclass('b') AS b")).toEqual([
      { a: true, b: null },
    ]);
  });
});
