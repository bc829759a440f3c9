import { createMigrator } from "./migrator.ts";
import type { MigratorOptions } from "./options.ts";
import type { RunResult } from "./run/result.ts";

/**
 * What a server calls before it serves: brings the database to the newest version and resolves, or rejects with an error
 * that says what to do. Any number of servers may call it at once.
 *
 * @example
 * await migrateOnStart({ database: "postgres://localhost/app", migrations: new URL("../migrations/", import.meta.url) });
 * @throws GanderError, see docs/errors.md
 */
export async function migrateOnStart(options: MigratorOptions): Promise<RunResult> {
  const migrator = createMigrator(options);
  try {
    return await migrator.up();
  } finally {
    await migrator.close();
  }
}
