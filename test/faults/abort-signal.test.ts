import { describe, expect, test } from "vitest";
import { createMigrator } from "../../src/index.ts";
import { createDatabase } from "../support/create-database.ts";
import { newestServer } from "../support/server-list.ts";

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
