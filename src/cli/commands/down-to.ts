import type { Command } from "../command.ts";
import { parseVersion } from "../parse-version.ts";
import { downOptions, yesOption } from "../roll-back.ts";
import { runOutcome } from "../run-outcome.ts";
import { withMigrator } from "../with-migrator.ts";

/** `gander down-to VERSION` */
export const downTo: Command = {
  details:
    "What was applied last is rolled back first. Nothing above the version stays applied; the version itself does. 0 rolls back everything, and always asks.",
  argumentDescriptions: { version: "the version to go back to" },
  options: [yesOption],
  examples: [
    { line: "gander plan --down --to 20250408141648", does: "look at it first" },
    { line: "gander down-to 20250408141648", does: "roll back everything that is newer" },
  ],
  run: async (context) => {
    const to = parseVersion(context.args[0], 0n);
    const result = await withMigrator(context, (session) =>
      session.migrator.down({ ...downOptions(context, session), to }),
    );
    return runOutcome("down-to", result);
  },
};
