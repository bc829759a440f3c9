import type { DatabaseState } from "../../history/read-state.ts";
import type { Plan, PlanWarning } from "../../plan/plan.ts";
import type { RunContext } from "../session/run-context.ts";

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
  return (await import("./compare-adopted.ts")).compareAdopted(context);
}
