import { ConfirmationError } from "../errors.ts";
import { planMissing, type Renumbering } from "../files/renumber.ts";
import { listVersionedFiles } from "../files/versioned-files.ts";
import type { Status } from "../migrator.ts";
import { renderRenames } from "../report/render-renames.ts";
import type { CommandContext } from "./command.ts";
import { openForRenames, renameMigrations } from "./rename-migrations.ts";
import { withMigrator } from "./with-migrator.ts";

/** What `fix --missing` is told. */
export interface FixOptions {
  readonly git: boolean;
  readonly dryRun: boolean;
}

/**
 * Gives the migrations that are missing in the database versions after the newest one, once somebody has agreed.
 *
 * @throws ConfirmationError where nobody did, or where the database changed while it was asked; nothing is renamed then
 */
export async function fixMissing(context: CommandContext, folder: string, options: FixOptions): Promise<Renumbering> {
  const opened = await openForRenames(folder, options.git);
  return withMigrator(context, async ({ migrator, ask }) => {
    const status = await migrator.status();
    const planned = plan(folder, status, context.now);
    if (options.dryRun || planned.renames.length === 0) return planned;
    if (!(await ask(`${renderRenames(planned, folder, true, context.terminal.log.view)}\n`))) {
      throw new ConfirmationError("not confirmed: nothing was renamed");
    }
    const again = plan(folder, await migrator.status(), context.now);
    if (JSON.stringify(again) !== JSON.stringify(planned)) {
      throw new ConfirmationError(
        "the database or the folder has changed since the question was asked; nothing was renamed",
        {
          hint: "Look again: gander fix --missing",
        },
      );
    }
    await renameMigrations(opened, planned.renames);
    return planned;
  });
}

function plan(folder: string, { versions, version: newest }: Status, now: Date): Renumbering {
  // A failed one was rolled back, so it is as little applied as one that was never tried.
  const missing = versions.filter(
    ({ state, version, migration }) =>
      migration !== undefined && version < newest && (state === "missing" || state === "failed"),
  );
  return planMissing(listVersionedFiles(folder), new Set(missing.map(({ version }) => version)), newest, now);
}
