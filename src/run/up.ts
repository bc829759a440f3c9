import { LockTimeoutError } from "../errors.ts";
import type { HistoryRow } from "../history/history.ts";
import type { DatabaseState } from "../history/read-state.ts";
import { historyOf } from "../history/read-state.ts";
import type { Plan } from "../plan/plan.ts";
import { checkTarget, planUp, type UpTarget } from "../plan/plan-up.ts";
import { checkSessionState, checkSmallVersions, checkSteps, warningsOf } from "./check/check-files.ts";
import { checkState, checkWritable, planOnLayout, type UsableState } from "./session/check-state.ts";
import { failedElsewhere } from "./failure/failed-elsewhere.ts";
import { withOtherTool } from "./adopt/other-tool.ts";
import { createPauses, pauseFor } from "./lock/pause.ts";
import { explainChanges } from "./failure/explain-changes.ts";
import { checkHeld } from "./check/held.ts";
import { isAlive } from "./lock/alive.ts";
import { prepareHistory } from "./session/prepare-history.ts";
import { recoverCrashed } from "./step/recover.ts";
import type { RunResult, StepResult } from "./result.ts";
import type { RunContext } from "./session/run-context.ts";
import { type LockOutcome, releaseRunLock, takeRunLock } from "./lock/run-lock.ts";
import { type RunMemory, settleMemory } from "./session/run-memory.ts";
import { checkNotAbove, checkNotBelow } from "./check/version-guard.ts";
import { runSteps } from "./step/run-steps.ts";
import type { RunSettings, Session } from "./session/session.ts";

/** Applies what is pending; where nothing is, it has read and taken no lock. After a lost connection it goes on. */
export async function runUp(
  settings: RunSettings,
  session: Session,
  target: UpTarget,
  memory: RunMemory,
): Promise<RunResult> {
  const began = performance.now();
  const { context, source, state } = session;
  const from = (memory.from ??= state.newest);
  checkNotAbove(settings, state.newest);
  const report: Report = (warnings, now) => {
    const durationMs = performance.now() - began;
    const steps = [...memory.done];
    const to = newestOf(steps, now.newest);
    checkNotBelow(settings, to);
    if (steps.length > 0) context.emit({ type: "run-done", direction: "up", steps: steps.length, durationMs });
    return { direction: "up", steps, from, to, warnings, durationMs, logHead: memory.logHead };
  };
  if (state.rows === undefined) {
    checkTarget(source.fingerprints ?? source.files().migrations, [], target);
    return report([], state);
  }
  const files = source.files();
  const plan = async (current: UsableState): Promise<Plan> => {
    const makePlan = (): Plan => {
      if (settings.policies.missing === "error") checkSmallVersions(files, current.rows ?? []);
      return planUp(files.migrations, historyOf(current), whatIsLeft(target, memory), settings.policies);
    };
    const made = await planOnLayout(current, () => explainChanges(context, files.migrations, makePlan));
    return withOtherTool(context, current, made, "adopted");
  };
  for (const warning of warningsOf(files.warnings)) context.emit({ type: "warning", warning });
  if (!isUnderWay(state)) {
    const first = await plan(state);
    for (const warning of first.warnings) context.emit({ type: "warning", warning });
    if (first.steps.length === 0) {
      await settleMemory(context, memory, state);
      return report(first.warnings, state);
    }
    checkSteps(first.steps);
    if (context.pooled) checkSessionState(first.steps);
  }
  checkWritable(state);
  const outcome = await takeRunLock(
    context,
    settings.tableName,
    memory.losses > 0 ? "rows" : { unlessDigest: source.ofFiles() },
    isComplete,
  );
  if (!outcome.locked) return report([], outcome.state);
  try {
    checkWritable(outcome.state);
    return await applyUnderLock(settings, session, memory, plan, outcome, report);
  } finally {
    await release(context);
  }
}

type Report = (warnings: Plan["warnings"], now: DatabaseState) => RunResult;

/** Everything is applied as the files have it: somebody else did it. */
function isComplete({ exists, rows }: DatabaseState): boolean {
  return exists && rows === undefined;
}

function whatIsLeft(target: UpTarget, { done }: RunMemory): UpTarget {
  return target.limit === undefined ? target : { ...target, limit: target.limit - done.length };
}

async function applyUnderLock(
  settings: RunSettings,
  session: Session,
  memory: RunMemory,
  plan: (state: UsableState) => Promise<Plan>,
  first: LockOutcome,
  report: Report,
): Promise<RunResult> {
  const { context, source } = session;
  const files = source.files();
  const pauses = createPauses(15, 400);
  let seen = first.state;
  let { waitedMs } = first;
  for (;;) {
    const state = checkState(seen, settings.tableName);
    await settleMemory(context, memory, state);
    if (isComplete(state)) return report([], state);
    const failure = waitedMs > 0 ? failedElsewhere(files.migrations, state, session.state.rows ?? []) : undefined;
    if (failure !== undefined) throw failure;
    // In this order: who is found gone here is gone there, too, and what he left can be gone on with.
    const busy = await findWorking(context, state.rows ?? []);
    if (busy === undefined) {
      const rows = await recoverCrashed(context, files.migrations, state.rows ?? []);
      const made = await plan({ ...state, rows });
      if (made.steps.length === 0) return report(made.warnings, state);
      memory.planned ??= made.steps;
      checkSteps(made.steps);
      if (context.pooled) checkSessionState(made.steps);
      if (settings.heldVersions === "refuse" && state.exists) await checkHeld(context, made.steps);
      if (await prepareHistory(context, state)) {
        context.emit({ type: "run-start", direction: "up", steps: made.steps.length });
        const { contended } = await runSteps(context, made.steps, memory.done);
        if (!contended) return report(made.warnings, state);
      }
    }
    if (busy !== undefined) waitFor(context, busy, waitedMs);
    await release(context);
    const pauseMs = pauses();
    await pauseFor(pauseMs, context.signal);
    waitedMs += pauseMs;
    const again = await takeRunLock(context, settings.tableName, { unlessDigest: source.ofFiles() }, isComplete);
    seen = again.state;
    waitedMs += again.waitedMs;
  }
}

function isUnderWay({ rows }: DatabaseState): boolean {
  return rows?.some(({ state }) => state === "running") ?? false;
}

/** The version that somebody else is at work on without holding the run lock: through a pooler, on a lease. */
async function findWorking({ connection }: RunContext, rows: readonly HistoryRow[]): Promise<HistoryRow | undefined> {
  for (const row of rows) if (row.state === "running" && (await isAlive(connection, row))) return row;
  return undefined;
}

/** @throws LockTimeoutError when `wait` is over */
function waitFor(context: RunContext, row: HistoryRow, waitedMs: number): void {
  const { name, runner, direction, version } = row;
  const holder = runner && {
    backendId: runner.backendId,
    host: runner.host,
    processId: runner.processId,
    migration: { direction, version, name },
  };
  if (context.wait !== undefined && waitedMs >= context.wait) {
    throw new LockTimeoutError(
      "run",
      `process ${runner?.processId} on ${runner?.host} is still at work on ${name} after ${waitedMs} ms`,
      { hint: "Wait for it and start again, or give more time with --wait. Nothing was changed." },
    );
  }
  context.emit({ type: "lock-wait", lock: "run", holder, waitedMs });
}

function newestOf(done: readonly StepResult[], before: bigint): bigint {
  return done.reduce((newest, { version }) => (version > newest ? version : newest), before);
}

/** The lock ends with the connection where it cannot be released any more. */
export async function release(context: RunContext): Promise<void> {
  await releaseRunLock(context).catch(() => undefined);
}
