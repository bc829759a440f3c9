import { Client } from "pg";
import { describe, expect, test } from "vitest";
import { createMigrator } from "../../src/index.ts";
import { createDatabase } from "../support/create-database.ts";
import { newestServer } from "../support/server-list.ts";

describe("a locked table", () => {
  test("lets others pass while it waits, and names who holds it when its time is up", async () => {
    await using database = await createDatabase(newestServer());
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
