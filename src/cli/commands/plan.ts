import { UsageError } from "../../errors.ts";
import { planJson, renderPlan } from "../../report/render-plan.ts";
import { renderWarnings } from "../../report/render-warnings.ts";
import type { Command, CommandContext } from "../command.ts";
import { parseVersion } from "../parse-version.ts";
import { withMigrator } from "../with-migrator.ts";

/** `gander plan` */
export const plan: Command = {
  details:
    "Writes nothing and takes no lock. With --sql it prints what would be sent, word for word, for a reviewer; variables of ENVSUB sections stand unreplaced.",
  options: [
    { flags: "--down", description: "what down would do" },
    { flags: "--to <version>", description: "what up-to (with --down: down-to) would do" },
    { flags: "--sql", description: "the SQL" },
  ],
  examples: [
    { line: "gander plan", does: "what up would do" },
    { line: "gander plan --sql > review.sql", does: "its SQL, for a reviewer" },
    { line: "gander plan --down --to 0", does: "what reset would do" },
  ],
  run: async (context) => {
    const { made, sql } = await withMigrator(context, async ({ migrator }) => {
      const made = await migrator.plan(target(context));
      return { made, sql: context.options["sql"] === true ? await migrator.renderPlan(made) : undefined };
    });
    if (sql !== undefined && !context.settings.json && !context.settings.quiet) {
      const { log } = context.terminal;
      for (const line of renderWarnings(made.warnings, log.view)) log.write(`${line}\n`);
    }
    return {
      text: (view) => sql?.trimEnd() ?? renderPlan(made, view),
      json: () => ({ command: "plan", ...planJson(made, sql) }),
    };
  },
};

function target({ options }: CommandContext): { direction: "up" | "down"; to?: bigint } {
  const direction = options["down"] === true ? "down" : "up";
  const { to } = options;
  if (to === undefined) return { direction };
  if (typeof to !== "string") throw new UsageError("--to needs a version");
  return { direction, to: parseVersion(to, direction === "down" ? 0n : 1n) };
}
