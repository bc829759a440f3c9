import { UsageError } from "../../errors.ts";
import { createMigration } from "../../files/create-migration.ts";
import { printableLine } from "../../report/printable.ts";
import type { Command } from "../command.ts";

/** `gander create NAME` */
export const create: Command = {
  details:
    "The file gets the current time (UTC) as its version, or with --sequential the number after the last one, and sections for Up and Down. The folder is made if it is not there. Where the folder has a gander.sum, the file gets its line; once it is written, gander sum renews that.",
  argumentDescriptions: {
    name: "what it does, in a few words",
    type: "sql, which is the default; goose's other type, go, cannot be run here",
  },
  examples: [
    { line: 'gander create "add users"', does: "migrations/20251220120000_add_users.sql" },
    { line: "gander create -s add_users", does: "migrations/00046_add_users.sql" },
  ],
  run: async ({ args, settings, now, terminal }) => {
    const [name = "", type = "sql"] = args;
    if (type !== "sql") {
      throw new UsageError(`A migration can only be of type sql, not ${JSON.stringify(type)}`, {
        hint: `A name of several words stands in quotes: gander create ${JSON.stringify(args.join(" "))}`,
      });
    }
    const numbering = settings.sequential ? "sequential" : "timestamp";
    const created = createMigration(settings.dir, { name, numbering, now, makeFolder: true });
    const { view, write } = terminal.log;
    for (const { file, newName } of settings.quiet ? [] : created.smallVersions) {
      const label = view.style("warning", "warning:");
      write(`${label} ${printableLine(file.path)} comes before all timestamps; gander fix renames it to ${newName}\n`);
    }
    if (created.isSummed && !settings.quiet)
      write("gander.sum has a line for it; gander sum renews it once it is written\n");
    return {
      text: () => created.path,
      json: () => ({ command: "create", version: created.version, name: created.name, path: created.path }),
    };
  },
};
