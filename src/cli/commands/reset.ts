import type { Command } from "../command.ts";
import { downOptions, yesOption } from "../roll-back.ts";
import { runOutcome } from "../run-outcome.ts";
import { withMigrator } from "../with-migrator.ts";

/** `gander reset` */
export const reset: Command = {
  details: "Rolls back every applied migration that has a file, what was applied last first. It always asks.",
  options: [yesOption],
  examples: [
    { line: "gander reset", does: "roll back everything" },
    { line: "gander reset --yes && gander up", does: "begin again, in a script" },
  ],
  run: async (context) => {
    const result = await withMigrator(context, (session) => session.migrator.reset(downOptions(context, session)));
    return runOutcome("reset", result);
  },
};
