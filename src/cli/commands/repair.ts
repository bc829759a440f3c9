import { UsageError } from "../../errors.ts";
import type { RepairOptions } from "../../migrator.ts";
import { headLine } from "../../report/head-line.ts";
import { renderRepaired, renderRepairPlan, repairJson } from "../../report/render-repair.ts";
import type { Command, CommandContext } from "../command.ts";
import { parseVersion } from "../parse-version.ts";
import { yesOption } from "../roll-back.ts";
import { withMigrator } from "../with-migrator.ts";

/** `gander repair` */
export const repair: Command = {
  details:
    "For a migration outside a transaction (NO TRANSACTION) that stopped half way, up or down. It says statement by statement what the database has of it, removes what is half made, such as an INVALID index, " +
    "and marks the version so that the next up (or down) goes on at the statement that failed. It runs no statement of the migration, and asks before it changes anything. " +
    "From the failed statement on the file may be mended; where a statement that has run was changed, inserted or removed, nothing can go on with it, and it says which.",
  argumentDescriptions: { version: "the version to repair; not needed where one version is dirty" },
  options: [
    {
      flags: "--mark-applied",
      description: "you have finished it by hand, or undone a stopped rollback: it counts as applied",
    },
    {
      flags: "--mark-rolled-back",
      description: "you have undone it by hand, or finished a stopped rollback: it counts as not applied",
    },
    yesOption,
  ],
  examples: [
    { line: "gander repair", does: "look, clean up and let up go on" },
    { line: "gander repair 20250802101500 --mark-applied", does: "it was finished by hand" },
  ],
  run: async (context) => {
    const options = repairOptions(context);
    const { done, head } = await withMigrator(context, async (session) => ({
      done: await session.migrator.repair({
        ...options,
        confirm: (question) => session.ask(renderRepairPlan(question, context.terminal.log.view)),
      }),
      head: session.logHead(),
    }));
    return {
      text: (view) => [renderRepaired(done, view), ...(head === undefined ? [] : [headLine(head, view)])].join("\n"),
      json: () => ({ command: "repair", ...repairJson(done), logHead: head ?? null }),
    };
  },
};

function repairOptions({ args, options }: CommandContext): RepairOptions {
  const applied = options["markApplied"] === true;
  const rolledBack = options["markRolledBack"] === true;
  if (applied && rolledBack) throw new UsageError("--mark-applied and --mark-rolled-back say opposite things");
  return {
    ...(args[0] !== undefined && { version: parseVersion(args[0], 1n) }),
    ...(applied && { mark: "applied" }),
    ...(rolledBack && { mark: "rolled-back" }),
  };
}
