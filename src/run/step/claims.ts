import { changeOne, claimDown, claimResumed, claimUp } from "../../history/record.ts";
import type { PlanStep } from "../../plan/plan.ts";
import { logResumed } from "./resume-statement.ts";
import type { RunContext } from "../session/run-context.ts";

/** The SQLSTATE with which a step stops its own message when another gander is at work, or was. */
export const LOCK_BUSY = "GA001";

/** The statements that claim a step's version for this session: anew, or where an earlier run stopped. */
export function claimsOf(context: RunContext, step: PlanStep): readonly string[] {
  const { table, writer } = context;
  const { migration, direction, firstStatement, row } = step;
  if (row?.state === "resumable") {
    const statements = (migration[direction] ?? []).length;
    return [
      changeOne(claimResumed(table, migration, statements, firstStatement, writer), LOCK_BUSY),
      logResumed(context, step, statements),
    ];
  }
  return direction === "up"
    ? claimUp(table, migration, writer)
    : [changeOne(claimDown(table, migration, writer), LOCK_BUSY)];
}
