import type { Command } from "../command.ts";
import { parseVersion } from "../parse-version.ts";
import { runOutcome } from "../run-outcome.ts";
import { withMigrator } from "../with-migrator.ts";

/** `gander up-to VERSION` */
export const upTo: Command = {
  details: "Newer migrations stay pending. What is applied already, above the version or below, stays as it is.",
  argumentDescriptions: { version: "the last version to apply" },
  examples: [{ line: "gander up-to 20250408141648", does: "apply everything up to that file, and the file itself" }],
  run: async (context) => {
    const to = parseVersion(context.args[0], 1n);
    const result = await withMigrator(context, ({ migrator }) => migrator.up({ to }));
    return runOutcome("up-to", result);
  },
};
