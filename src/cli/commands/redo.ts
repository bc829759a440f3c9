import type { Command } from "../command.ts";
import { downOptions, yesOption } from "../roll-back.ts";
import { runOutcome } from "../run-outcome.ts";
import { withMigrator } from "../with-migrator.ts";

/** `gander redo` */
export const redo: Command = {
  details: "For the migration that you are writing. It asks first when a table or a column that has rows would go.",
  options: [yesOption],
  examples: [{ line: "gander redo", does: "Down, then Up of the last migration" }],
  run: async (context) => {
    const result = await withMigrator(context, (session) => session.migrator.redo(downOptions(context, session)));
    return runOutcome("redo", result);
  },
};
