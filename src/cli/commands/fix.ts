import { folderPath } from "../../files/folder-path.ts";
import { planRenumbering, type Renumbering } from "../../files/renumber.ts";
import { listVersionedFiles } from "../../files/versioned-files.ts";
import { renderRenames } from "../../report/render-renames.ts";
import type { Command } from "../command.ts";
import { fixMissing } from "../fix-missing.ts";
import { openForRenames, renameMigrations } from "../rename-migrations.ts";
import { yesOption } from "../roll-back.ts";

/** `gander fix` */
export const fix: Command = {
  details:
    "Where a small number stands beside timestamps by mistake (005_x.sql among 2025…_*.sql), it gets a timestamp after the newest. Otherwise it does what goose's fix does: " +
    "timestamps become the numbers after the last number, in their order, before a release.\n\n" +
    "With --missing it looks into the database, and gives the migrations that are older than the newest applied one and were never applied there, because their branch was merged late, " +
    "versions after the newest one, in their old order. It shows the new names and asks. A file whose version is applied is never touched.\n\n" +
    "With --git files that git has are renamed in its index too; changes that are not staged stay so. gander.sum is kept, where there is one.\n\n" +
    "A database where a renamed file is applied knows it by its old version: rename files before they are applied anywhere that counts.",
  options: [
    { flags: "--missing", description: "give migrations that came too late versions after the newest one" },
    { flags: "--git", description: "rename in git's index, as git mv does" },
    { flags: "--dry-run", description: "show the new names, and rename nothing" },
    yesOption,
  ],
  examples: [
    { line: "gander fix --dry-run", does: "look first" },
    { line: "gander fix", does: "rename" },
    { line: "gander fix --missing --git", does: "a branch was merged late: its migrations come last" },
  ],
  run: async (context) => {
    const folder = folderPath(context.settings.dir);
    const dryRun = context.options["dryRun"] === true;
    const git = context.options["git"] === true;
    const { kind, renames } =
      context.options["missing"] === true
        ? await fixMissing(context, folder, { git, dryRun })
        : await fixNumbers(folder, { git, dryRun });
    return {
      text: (view) => renderRenames({ kind, renames }, folder, dryRun, view),
      json: () => ({ command: "fix", folder, kind, dryRun, git, renames: renames.map((rename) => ({ ...rename })) }),
    };
  },
};

async function fixNumbers(
  folder: string,
  { git, dryRun }: { readonly git: boolean; readonly dryRun: boolean },
): Promise<Renumbering> {
  const opened = await openForRenames(folder, git);
  const planned = planRenumbering(listVersionedFiles(folder));
  if (!dryRun) await renameMigrations(opened, planned.renames);
  return planned;
}
