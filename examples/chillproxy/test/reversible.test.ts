import { fileURLToPath } from "node:url";
import { describe, expect, inject, test } from "vitest";
import { createMigrator } from "../../../src/index.ts";
import { createDatabase, type TestDatabase } from "../../../test/support/create-database.ts";
import { SCHEMA_QUERY } from "./schema.ts";

const migrations = fileURLToPath(new URL("../migrations/postgres", import.meta.url));
const newestReversible = 20251213120000n;

async function readSchema(database: TestDatabase): Promise<Record<string, string>> {
  const [row] = await database.query<{ schema: string }>(SCHEMA_QUERY);
  return JSON.parse(row!.schema) as Record<string, string>;
}

describe.each(inject("servers"))("the 44 reversible migrations on PostgreSQL $major", (server) => {
  test("all up, all down, all up gives the same schema", async () => {
    await using database = await createDatabase(server);
    await using migrator = createMigrator({ database: database.url, migrations });

    const empty = await readSchema(database);
    expect((await migrator.up({ to: newestReversible })).steps).toHaveLength(44);
    const first = await readSchema(database);
    expect((await migrator.down({ to: 0n })).steps).toHaveLength(44);
    expect(await readSchema(database)).toEqual(empty);
    expect((await migrator.up({ to: newestReversible })).steps).toHaveLength(44);
    expect(await readSchema(database)).toEqual(first);
    expect(Object.keys(first).length).toBeGreaterThan(400);
  });

  test("the history begins with version_id, is_dirty and timestamp, and has 45 clean rows", async () => {
    await using database = await createDatabase(server);
    await using migrator = createMigrator({ database: database.url, migrations });
    await migrator.up();
    const rows = await database.query<{ version_id: string; is_dirty: boolean }>("SELECT * FROM schema_migrations");
    expect(Object.keys(rows[0]!).slice(0, 3)).toEqual(["version_id", "is_dirty", "timestamp"]);
    expect([rows.length, rows.filter(({ is_dirty }) => is_dirty).length]).toEqual([45, 0]);
  });

  test("each Down restores the schema that its Up found", async () => {
    await using database = await createDatabase(server);
    await using migrator = createMigrator({ database: database.url, migrations });

    for (let number = 1; number <= 44; number++) {
      const before = await readSchema(database);
      const [step] = (await migrator.up({ limit: 1 })).steps;
      const after = await readSchema(database);
      await migrator.down();
      expect(await readSchema(database), `after the Down of ${step!.name}`).toEqual(before);
      await migrator.up({ limit: 1 });
      expect(await readSchema(database), `after the second Up of ${step!.name}`).toEqual(after);
    }
  });
});
