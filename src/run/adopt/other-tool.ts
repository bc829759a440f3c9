import type { DatabaseState } from "../../history/read-state.ts";
import type { Plan, PlanWarning } from "../../plan/plan.ts";
import type { RunContext } from "../session/run-context.ts";

/** Sources of rows that come from no other tool. */
const OWN_SOURCES = new Set(["gander", "baseline"]);

/** `adopted`: asks only where the history has adopted rows; `any`: also where another tool's table was only written. */
type Thoroughness = "adopted" | "any";

/** A plan that also warns where the other tool, whose history was adopted, has been at work since. */
export async function withOtherTool(
  context: RunContext,
  state: DatabaseState,
  plan: Plan,
  ask: Thoroughness,
): Promise<Plan> {
  const warnings = await warnOfOtherTool(context, state, ask);
  return warnings.length === 0 ? plan : { ...plan, warnings: [...plan.warnings, ...warnings] };
}

/**
 * Warns where the table of the tool that was adopted is no longer as it was then: somebody has run that tool again. A table
 * that is gone, or that may not be read, is no reason to warn.
 */
export async function warnOfOtherTool(
  context: RunContext,
  { exists, rows = [] }: DatabaseState,
  ask: Thoroughness,
): Promise<readonly PlanWarning[]> {
  if (!exists || (ask === "adopted" && rows.every(({ source }) => OWN_SOURCES.has(source)))) return [];
  return (await import("./compare-adopted.ts")).compareAdopted(context);
}
