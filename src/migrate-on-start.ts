import { createMigrator, type UpOptions } from "./migrator.ts";
import type { MigratorOptions } from "./options.ts";
import type { RunResult } from "./run/result.ts";

/** Options of `migrateOnStart`. */
export interface StartOptions extends MigratorOptions, Pick<UpOptions, "minVersion" | "maxVersion"> {
  /** What about versions that somebody has rolled back, and whose file is as it was: `refuse` by default. */
  readonly heldVersions?: NonNullable<UpOptions["heldVersions"]>;
}

/**
 * What a server calls before it serves: brings the database to the newest version and resolves, or rejects with an error
 * that says what to do. Any number of servers may call it at once.
 *
 * @example
 * await migrateOnStart({ database: "postgres://localhost/app", migrations: new URL("../migrations/", import.meta.url) });
 * @throws GanderError, see docs/errors.md
 */
export async function migrateOnStart(options: StartOptions): Promise<RunResult> {
  const { minVersion, maxVersion, heldVersions = "refuse" } = options;
  const migrator = createMigrator(options);
  try {
    return await migrator.up({
      heldVersions,
      ...(minVersion !== undefined && { minVersion }),
      ...(maxVersion !== undefined && { maxVersion }),
    });
  } finally {
    await migrator.close();
  }
}
