import type { DatabaseState } from "../history/read-state.ts";
import type { AdoptedState } from "../history/adopt/record-adopted.ts";
import type { Plan, PlanWarning } from "../plan/plan.ts";
import { type RunContext, send } from "./run-context.ts";

/** Sources of rows that come from no other tool. */
const OWN_SOURCES = new Set(["gander", "baseline"]);

/** A plan that also warns where the other tool, whose history was adopted, has been at work since. */
export async function withOtherTool(context: RunContext, state: DatabaseState, plan: Plan): Promise<Plan> {
  const warnings = await warnOfOtherTool(context, state);
  return warnings.length === 0 ? plan : { ...plan, warnings: [...plan.warnings, ...warnings] };
}

/**
 * Warns where the table of the tool that was adopted is no longer as it was then: somebody has run that tool again. Asks
 * only where the history has adopted rows; a table that is gone, or that may not be read, is no reason to warn.
 */
export async function warnOfOtherTool(
  context: RunContext,
  { exists, rows = [] }: DatabaseState,
): Promise<readonly PlanWarning[]> {
  if (!exists || rows.every(({ source }) => OWN_SOURCES.has(source))) return [];
  const { adoptedStateMessage } = await import("../history/adopt/adopted-state.ts");
  const { digestMessage } = await import("../history/adopt/table-digest.ts");
  const note = await answer(context, adoptedStateMessage(context.table));
  if (note === "") return [];
  const then = JSON.parse(note) as AdoptedState;
  const now = await answer(context, digestMessage(then));
  if (now === "" || now === then.digest) return [];
  return [
    {
      kind: "other-tool",
      version: 0n,
      message: `${then.tool}'s table ${then.schema}.${then.name} has changed since it was adopted (${counts(then.digest, now)}): somebody has run ${then.tool} again. gander adopt --dry-run shows what is different, gander adopt takes it over`,
    },
  ];
}

async function answer(context: RunContext, message: string): Promise<string> {
  return (await send(context, message)).at(-1)?.rows[0]?.[0] ?? "";
}

function counts(then: string, now: string): string {
  const [before, after] = [then, now].map((digest) => Number(digest.split(":")[0]));
  return before === after ? `${after} rows as before, with other values` : `${before} rows then, ${after} now`;
}
