import { ConfirmationError } from "../errors.ts";
import { historyOf } from "../history/read-state.ts";
import type { Plan, PlanStep } from "../plan/plan.ts";
import { counted } from "../plan/check-history.ts";
import { type DownRules, type DownTarget, planDown, rowsToUndo } from "../plan/plan-down.ts";
import { newestApplied } from "../plan/compare.ts";
import { isAlive } from "./lock/alive.ts";
import { checkSessionState, checkSteps } from "./check/check-files.ts";
import { checkState, checkWritable, planOnLayout, type UsableState } from "./session/check-state.ts";
import { readKept } from "./check/kept-migrations.ts";
import { findLosses } from "./check/losses.ts";
import { prepareOrStop } from "./session/prepare-history.ts";
import { withoutMended } from "./repair/ran-text.ts";
import { recoverCrashed } from "./step/recover.ts";
import type { RunResult } from "./result.ts";
import { createPauses, pauseFor } from "./lock/pause.ts";
import { takeRunLock } from "./lock/run-lock.ts";
import { type RunMemory, settleMemory } from "./session/run-memory.ts";
import { runSteps } from "./step/run-steps.ts";
import type { RunSettings, Session } from "./session/session.ts";
import { release } from "./up.ts";

const FIRST_PAUSE_MS = 15;
const LONGEST_PAUSE_MS = 400;

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
  memory: RunMemory,
): Promise<RunResult> {
  const began = performance.now();
  const { context, state } = session;
  const from = (memory.from ??= state.newest);
  const plan = (current: UsableState, aim: DownTarget): Promise<Plan> =>
    planOnLayout(current, () => planRollback(settings, session, current, aim, rules));
  const report = (current: UsableState, warnings: Plan["warnings"]): RunResult => {
    const steps = [...memory.done];
    const gone = new Set(steps.map(({ version }) => version));
    const to = newestApplied((current.rows ?? []).filter(({ version }) => !gone.has(version)));
    const durationMs = performance.now() - began;
    if (steps.length > 0) context.emit({ type: "run-done", direction: "down", steps: steps.length, durationMs });
    return { direction: "down", steps, from, to, warnings, durationMs, logHead: memory.logHead };
  };
  if (memory.asked === undefined) {
    const planned = await plan(await withoutOthers(settings, session), target);
    for (const warning of planned.warnings) context.emit({ type: "warning", warning });
    if (planned.steps.length === 0) return report(state, planned.warnings);
    checkSteps(planned.steps);
    if (context.pooled) checkSessionState(planned.steps);
    checkWritable(state);
    await ask(session, planned, target, confirm);
    memory.asked = planned;
  }
  const outcome = await takeRunLock(context, settings.tableName, "rows", () => false);
  try {
    const current = checkState(outcome.state, settings.tableName);
    await settleMemory(context, memory, current);
    const { steps, warnings } = await plan(current, aimOf(target, memory));
    if (memory.planned === undefined) {
      if (!areSame(steps, memory.asked.steps)) {
        throw new ConfirmationError("the database has changed since the question was asked; nothing was rolled back", {
          hint: "Start again.",
        });
      }
      memory.planned = steps;
    }
    await prepareOrStop(context, current);
    context.emit({ type: "run-start", direction: "down", steps: steps.length });
    const { contended } = await runSteps(context, steps, memory.done);
    if (contended) {
      throw new ConfirmationError(
        `another gander was at work at the same moment; ${memory.done.length} migrations were rolled back`,
        {
          hint: "Look at gander status and start again.",
        },
      );
    }
    return report(current, warnings);
  } finally {
    await release(context);
  }
}

/**
 * The history, once nobody is at a migration outside a transaction any more: the session or the lease of a crashed runner
 * may still be ending. Somebody who is at work for longer than `wait` is left to the plan, which refuses.
 */
async function withoutOthers({ tableName }: RunSettings, { context, state }: Session): Promise<UsableState> {
  const began = Date.now();
  const pauses = createPauses(FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
  let seen = state;
  for (;;) {
    if (seen.rows?.some((row) => row.state === "running") !== true) return seen;
    const { state: now } = await takeRunLock(context, tableName, "rows", () => false);
    await release(context);
    seen = checkState(now, tableName);
    const waitedMs = Date.now() - began;
    const running = seen.rows?.filter((row) => row.state === "running") ?? [];
    const alive = await Promise.all(running.map((row) => isAlive(context.connection, row)));
    if (!alive.includes(true)) return seen;
    if (context.wait !== undefined && waitedMs >= context.wait) return seen;
    context.emit({ type: "lock-wait", lock: "run", holder: undefined, waitedMs });
    await pauseFor(pauses(), context.signal);
  }
}

/** Plans with the files, and where they are gone or have changed since, with what the history keeps. */
export async function planRollback(
  { readOptions }: RunSettings,
  { context, source }: Session,
  state: UsableState,
  target: DownTarget,
  rules: DownRules,
): Promise<Plan> {
  const { migrations } = source.files();
  const texts = await readKept(context, rowsToUndo(historyOf(state), target), migrations, readOptions);
  const kept = withoutMended(texts, state.rows ?? [], migrations);
  const known = [...migrations.filter(({ version }) => !kept.has(version)), ...kept.values()];
  const rows = await recoverCrashed(context, known, state.rows ?? []);
  const current = { ...state, rows };
  return planDown(migrations, historyOf(current), target, rules, kept);
}

/** Once begun, nothing but what was planned then is rolled back, whatever connection it takes. */
function aimOf(target: DownTarget, { planned, done }: RunMemory): DownTarget {
  if (planned === undefined) return target;
  const gone = new Set(done.map(({ version }) => version));
  return { versions: planned.map(({ migration }) => migration.version).filter((version) => !gone.has(version)) };
}

async function ask(session: Session, plan: Plan, target: DownTarget, confirm: Confirm | undefined): Promise<void> {
  if (confirm === undefined) return;
  const reasons = [...(await findLosses(session.context.connection, plan))];
  const all = target === "all" || (typeof target === "object" && "above" in target && target.above === 0n);
  if (all) reasons.unshift(`everything is rolled back: ${counted(plan.steps.length, "migration")}`);
  if (reasons.length === 0) return;
  if (await confirm({ plan, reasons })) return;
  throw new ConfirmationError("not confirmed: nothing was rolled back", {
    hint: "Answer yes to go on, or say --yes beforehand.",
  });
}

function areSame(a: readonly PlanStep[], b: readonly PlanStep[]): boolean {
  return a.length === b.length && a.every(({ migration }, index) => migration.version === b[index]?.migration.version);
}
