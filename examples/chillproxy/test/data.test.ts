import { fileURLToPath } from "node:url";
import { describe, expect, inject, test } from "vitest";
import { createMigrator } from "../../../src/index.ts";
import { createDatabase } from "../../../test/support/create-database.ts";

const migrations = fileURLToPath(new URL("../migrations/postgres", import.meta.url));

describe.each(inject("servers"))("rows on PostgreSQL $major", (server) => {
  test("keys of the legacy table are carried over, those that come later too", async () => {
    await using database = await createDatabase(server);
    await using migrator = createMigrator({ database: database.url, migrations });

    await migrator.up({ to: 20250603090215n });
    await database.query("INSERT INTO torbox_pool_keys (api_key, is_active) VALUES ('early', true), ('off', false)");
    await migrator.up({ to: 20250605141822n });
    await database.query("INSERT INTO torbox_pool_keys (api_key) VALUES ('late')");
    const pool = "SELECT api_key, is_active FROM torbox_pool ORDER BY api_key";
    const carried = [
      { api_key: "early", is_active: true },
      { api_key: "late", is_active: true },
      { api_key: "off", is_active: false },
    ];
    expect(await database.query(pool)).toEqual(carried);

    await migrator.down();
    expect(await database.query(pool)).toEqual([]);
    await migrator.up();
    expect(await database.query(pool)).toEqual(carried);
  });

  test("assignments get the slot of their user when slot_id comes, and lose nothing when it goes", async () => {
    await using database = await createDatabase(server);
    await using migrator = createMigrator({ database: database.url, migrations });

    await migrator.up({ to: 20250627084910n });
    await database.query(`
      INSERT INTO users (name) VALUES ('ann'), ('bob');
      INSERT INTO devices (user_id, name) SELECT id, 'tv of ' || name FROM users;
      INSERT INTO torbox_pool (api_key, max_user_slots) VALUES ('key', 3);
      SELECT open_torbox_slots(id) FROM torbox_pool;
      UPDATE torbox_slots SET user_id = (SELECT id FROM users WHERE name = 'ann') WHERE slot_number = 2;
      INSERT INTO torbox_assignments (user_id, device_id) SELECT user_id, id FROM devices;`);
    const assignments = "SELECT to_jsonb(a) AS row FROM torbox_assignments AS a ORDER BY user_id";
    const before = await database.query(assignments);

    const filled = `
      SELECT u.name, s.slot_number
      FROM torbox_assignments AS a JOIN users AS u ON u.id = a.user_id LEFT JOIN torbox_slots AS s ON s.id = a.slot_id
      ORDER BY u.name`;
    await migrator.up({ limit: 1 });
    expect(await database.query(filled)).toEqual([
      { name: "ann", slot_number: 2 },
      { name: "bob", slot_number: null },
    ]);

    await migrator.down();
    expect(await database.query(assignments)).toEqual(before);
    await migrator.up({ limit: 1 });
    expect(await database.query(filled)).toHaveLength(2);
  });
});
