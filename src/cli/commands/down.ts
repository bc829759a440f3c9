import type { Command } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import { downOptions, yesOption } from "../roll-back.ts";
import { runOutcome } from "../run-outcome.ts";
import { withMigrator } from "../with-migrator.ts";

/** `gander down` */
export const down: Command = {
  details:
    "It asks first when a table or a column that has rows would go. A migration with an empty Down, or with none, stops it; " +
    "with --yes the version leaves the history although nothing was undone. Where nothing is applied it says so and exits with 1, as goose does.",
  options: [yesOption],
  examples: [
    { line: "gander plan --down", does: "look at it first" },
    { line: "gander down", does: "roll back one migration" },
  ],
  run: async (context) => {
    const result = await withMigrator(context, (session) => session.migrator.down(downOptions(context, session)));
    const nothing = result.steps.length === 0;
    return { ...runOutcome("down", result), exitCode: nothing ? exitCodes.failed : exitCodes.fine };
  },
};
