import { ConfirmationError } from "../errors.ts";
import { historyOf } from "../history/read-state.ts";
import type { Plan } from "../plan/plan.ts";
import { counted } from "../plan/check-history.ts";
import { type DownRules, type DownTarget, planDown } from "../plan/plan-down.ts";
import { newestApplied } from "../plan/compare.ts";
import { checkSessionState, checkSteps } from "./check-files.ts";
import { checkState, checkWritable } from "./check-state.ts";
import { findLosses } from "./losses.ts";
import type { RunResult } from "./result.ts";
import { takeRunLock } from "./run-lock.ts";
import { runSteps } from "./run-steps.ts";
import type { RunSettings, Session } from "./session.ts";
import { release } from "./up.ts";

/** What is asked before a run that could lose rows, or undo what cannot be undone. */
export interface Confirmation {
  readonly plan: Plan;
  readonly reasons: readonly string[];
}

export type Confirm = (question: Confirmation) => Promise<boolean>;

/** Rolls back, after asking where rows would go. The question is asked before the lock is taken: people think long. */
export async function runDown(
  settings: RunSettings,
  session: Session,
  target: DownTarget,
  rules: DownRules,
  confirm: Confirm | undefined,
): Promise<RunResult> {
  const began = performance.now();
  const { context, state } = session;
  const files = session.source.files();
  const planned = planDown(files.migrations, historyOf(state), target, rules);
  for (const warning of planned.warnings) context.emit({ type: "warning", warning });
  const report = (steps: RunResult["steps"], to: bigint, { warnings }: Plan): RunResult => ({
    direction: "down",
    steps,
    from: state.newest,
    to,
    warnings,
    durationMs: performance.now() - began,
  });
  if (planned.steps.length === 0) return report([], state.newest, planned);
  checkSteps(planned.steps);
  if (context.pooled) checkSessionState(planned.steps);
  checkWritable(state);
  await ask(session, planned, target, confirm);
  const outcome = await takeRunLock(context, settings.tableName, "rows", () => false);
  try {
    const current = checkState(outcome.state, settings.tableName);
    const plan = planDown(files.migrations, historyOf(current), target, rules);
    if (!samePlan(plan, planned)) {
      throw new ConfirmationError("the database has changed since the question was asked; nothing was rolled back", {
        hint: "Start again.",
      });
    }
    context.emit({ type: "run-start", direction: "down", steps: plan.steps.length });
    const { done, contended } = await runSteps(context, plan.steps, []);
    if (contended) {
      throw new ConfirmationError(
        `another gander was at work at the same moment; ${done.length} migrations were rolled back`,
        {
          hint: "Look at gander status and start again.",
        },
      );
    }
    const gone = new Set(done.map(({ version }) => version));
    const to = newestApplied((current.rows ?? []).filter(({ version }) => !gone.has(version)));
    const result = report(done, to, plan);
    context.emit({ type: "run-done", direction: "down", steps: done.length, durationMs: result.durationMs });
    return result;
  } finally {
    await release(context);
  }
}

async function ask(session: Session, plan: Plan, target: DownTarget, confirm: Confirm | undefined): Promise<void> {
  if (confirm === undefined) return;
  const reasons = [...(await findLosses(session.context.connection, plan))];
  const all = target === "all" || (typeof target === "object" && target.above === 0n);
  if (all) reasons.unshift(`everything is rolled back: ${counted(plan.steps.length, "migration")}`);
  if (reasons.length === 0) return;
  if (await confirm({ plan, reasons })) return;
  throw new ConfirmationError("not confirmed: nothing was rolled back", {
    hint: "Answer yes to go on, or say --yes beforehand.",
  });
}

function samePlan(a: Plan, b: Plan): boolean {
  return (
    a.steps.length === b.steps.length &&
    a.steps.every(({ migration }, index) => migration.version === b.steps[index]?.migration.version)
  );
}
