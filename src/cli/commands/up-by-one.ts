import type { Command } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import { runOutcome } from "../run-outcome.ts";
import { withMigrator } from "../with-migrator.ts";

/** `gander up-by-one` */
export const upByOne: Command = {
  details: "Where nothing is pending it says so and exits with 1, as goose does, so that a loop over it ends.",
  examples: [{ line: "gander up-by-one", does: "apply the next migration, and no other" }],
  run: async (context) => {
    const result = await withMigrator(context, ({ migrator }) => migrator.up({ limit: 1 }));
    const nothing = result.steps.length === 0;
    return { ...runOutcome("up-by-one", result), exitCode: nothing ? exitCodes.failed : exitCodes.fine };
  },
};
