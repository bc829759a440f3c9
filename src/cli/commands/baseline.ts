import { baselineJson, renderBaselined, renderBaselinePlan } from "../../report/render-baseline.ts";
import type { Command } from "../command.ts";
import { parseVersion } from "../parse-version.ts";
import { yesOption } from "../roll-back.ts";
import { withMigrator } from "../with-migrator.ts";

/** `gander baseline VERSION` */
export const baseline: Command = {
  details:
    "For a database that was made by hand, from a dump or by a tool that gander does not know, and whose schema is that of a version: all files up to and with it count as applied, and the next up goes on after it. " +
    "Nothing of them runs. It shows them first and asks; it refuses where something is applied already, and an empty database.",
  argumentDescriptions: { version: "the version that the database is at" },
  options: [
    { flags: "--allow-empty", description: "also where the database has no table, view or function" },
    { flags: "--dry-run", description: "show it, and change nothing" },
    yesOption,
  ],
  examples: [{ line: "gander baseline 20250408141648", does: "the database has what the files up to this one make" }],
  run: async (context) => {
    const version = parseVersion(context.args[0], 1n);
    const dryRun = context.options["dryRun"] === true;
    const plan = await withMigrator(context, (session) =>
      session.migrator.baseline(version, {
        allowEmpty: context.options["allowEmpty"] === true,
        dryRun,
        confirm: (question) => session.ask(`${renderBaselinePlan(question, context.terminal.log.view)}\n`),
      }),
    );
    return {
      text: (view) => (dryRun ? renderBaselinePlan(plan, view) : renderBaselined(plan, view)),
      json: () => ({ command: "baseline", dryRun, ...baselineJson(plan) }),
    };
  },
};
