import { PostgresError } from "../../database/postgres-error.ts";
import { findTransactionControl } from "../../files/transaction-check.ts";
import { recordFailedDown, recordFailedUp, recordStopped } from "../../history/record.ts";
import type { PlanStep } from "../../plan/plan.ts";
import { waysOut } from "../../plan/dirty-error.ts";
import { type FailedPart, failureOf, recordedError } from "../failure/failure.ts";
import { runOutsideTransaction } from "./outside-transaction.ts";
import type { StepResult } from "../result.ts";
import { noteUnderLock } from "./note-under-lock.ts";
import { createRetries, isRetried } from "./retries.ts";
import { rollBack, type RunContext, throwIfAborted } from "../session/run-context.ts";
import { isLogConflict } from "./send-logged.ts";
import { tryToRecord } from "./try-to-record.ts";
import { type BatchFailure, sendBatch, stepFacts } from "./send-batch.ts";
import { LOCK_BUSY, NOT_OURS } from "./step-message.ts";

/** What a run of steps came to. */
export interface StepsOutcome {
  /** Another gander came between: read the history again and plan anew. */
  readonly contended: boolean;
}

/** A message holds no more steps, and no more characters of SQL, than this. */
const MOST_STEPS = 200;
const MOST_CHARACTERS = 1_000_000;

/**
 * Runs the steps of a plan, in order: consecutive transactional ones share messages, the others go statement by statement.
 * `done` grows by each.
 *
 * @throws MigrationFailedError, LockTimeoutError, AbortedError, ConnectionLostError; what was done before stays done
 */
export async function runSteps(
  context: RunContext,
  steps: readonly PlanStep[],
  done: StepResult[],
): Promise<StepsOutcome> {
  if (!context.pooled) await context.connection.keepSession?.();
  let alone = 0;
  const retries = createRetries(context);
  const mayTryAgain = async ({ error, place: { part }, blockers }: BatchFailure, number: number) => {
    const step = steps[number] as PlanStep;
    if (committedBefore(step, part.statementIndex ?? Infinity) > step.firstStatement) return false;
    const { statement, statementIndex } = part;
    return await retries.mayTryAgain({ error, step, number, total: steps.length, statement, statementIndex, blockers });
  };
  for (let at = 0; at < steps.length;) {
    throwIfAborted(context.signal);
    const step = steps[at] as PlanStep;
    if (!step.migration.transaction) {
      const result = await runOutsideTransaction(context, step, at, steps.length, done);
      if (result === undefined) return { contended: true };
      done.push(result);
      at++;
      continue;
    }
    const batch = alone > 0 ? [step] : takeBatch(steps, at);
    alone = Math.max(0, alone - 1);
    const before = done.length;
    const failed = await sendBatch(context, batch, at, steps.length, done, retries.triedBefore(step));
    at += done.length - before;
    if (failed === undefined) continue;
    const failedStep = steps[at] as PlanStep;
    // A message that the server cannot parse is refused before anything of it runs: then each step goes by itself.
    const isRefused = failed.error.completed === 0 && batch.length > 1;
    const isOver = !isRefused && !isOvertaken(context, failedStep, failed) && !isContended(failed);
    if (isOver && !isRetried(failed.error)) throw await recordFailure(context, failedStep, failed, done);
    await rollBack(context.connection);
    if (isRefused) alone = batch.length;
    else if (isContended(failed)) return { contended: true };
    else if (isOver && !(await mayTryAgain(failed, at))) {
      throw await recordFailure(context, failedStep, failed, done);
    }
  }
  return { contended: false };
}

function takeBatch(steps: readonly PlanStep[], from: number): readonly PlanStep[] {
  const batch: PlanStep[] = [];
  let characters = 0;
  for (const step of steps.slice(from, from + MOST_STEPS)) {
    if (!step.migration.transaction) break;
    const controlsItself = findTransactionControl(step.migration, step.direction).length > 0;
    if (batch.length > 0 && (controlsItself || characters + step.migration.text.length > MOST_CHARACTERS)) break;
    batch.push(step);
    characters += step.migration.text.length;
    if (controlsItself) break;
  }
  return batch;
}

function isContended({ error, place }: BatchFailure): boolean {
  if (place.part.kind === "body") return false;
  return error.sqlState === LOCK_BUSY || (error.sqlState === "23505" && place.part.kind === "claim");
}

/** Somebody else's event came into the log in between; all of the step was rolled back, and it is done again. */
function isOvertaken(context: RunContext, step: PlanStep, { error, place }: BatchFailure): boolean {
  if (place.part.kind === "body" || !isLogConflict(context, error)) return false;
  return committedBefore(step, Infinity) <= step.firstStatement;
}

/** How many of the body's statements were made permanent before the one that failed: by a COMMIT of its own, or by an earlier run. */
function committedBefore(step: PlanStep, failedIndex: number): number {
  const { migration, direction, firstStatement } = step;
  const controls = findTransactionControl(migration, direction);
  if (controls.length === 0) return firstStatement;
  const statements = migration[direction] ?? [];
  const ended = statements.findLastIndex(
    ({ place, sql }, index) =>
      index < failedIndex &&
      /commit|end/i.test(sql) &&
      controls.some(({ line = 0, message }) => line >= place.line && /^(COMMIT|END)/.test(message)),
  );
  return Math.max(ended + 1, firstStatement);
}

async function recordFailure(
  context: RunContext,
  step: PlanStep,
  { error, place }: BatchFailure,
  done: readonly StepResult[],
): Promise<Error> {
  const { migration, direction } = step;
  const told = error.sqlState === NOT_OURS && place.part.kind === "finish" ? ownTransactionError(error) : error;
  const failed: FailedPart = {
    step,
    error: told,
    statement: place.part.statement,
    ...(place.part.kind !== "body" && told === error && { frame: place.part.kind }),
    statementIndex: place.part.statementIndex,
    offset: place.offset,
    index: place.index,
  };
  const recorded = recordedError(failed);
  const kept = committedBefore(step, place.part.statementIndex ?? Infinity);
  const { table, writer } = context;
  const records =
    kept > 0
      ? recordStopped(table, migration, direction, kept, recorded, writer)
      : direction === "up"
        ? recordFailedUp(table, migration, recorded, writer)
        : recordFailedDown(table, migration, recorded, writer);
  const notNoted = (await noteUnderLock(context, records)) ? undefined : await recordApart(context, records);
  context.emit({ type: "step-failed", ...stepFacts(step, done.length, done.length + 1), message: recorded.message });
  const state = stateSentence(step, kept, notNoted);
  const commands = kept > 0 ? waysOut({ version: migration.version, direction }, table) : [];
  return failureOf(context, failed, done, state, commands);
}

async function recordApart(context: RunContext, records: readonly string[]): Promise<string | undefined> {
  await rollBack(context.connection);
  return await tryToRecord(context, records);
}

function ownTransactionError(error: PostgresError): PostgresError {
  const message =
    "the migration ended its transaction by itself (a ROLLBACK in it), so it cannot be recorded as applied";
  return new PostgresError({ ...error.fields, message, where: undefined, position: undefined }, error.completed);
}

function stateSentence(
  { migration, direction, firstStatement }: PlanStep,
  kept: number,
  notNoted: string | undefined,
): string {
  const name = migration.name;
  const noted = notNoted === undefined ? "" : ` (The history could not be written: ${notNoted}.)`;
  if (kept > 0) {
    const why = kept > firstStatement ? "committed by itself" : "had run up to there before";
    return `${name} ${why}: its first ${kept} statements are kept, the rest was rolled back. It is marked dirty.${noted}`;
  }
  if (direction === "down") return `Everything of this rollback was undone; ${name} is as applied as before.${noted}`;
  return `Everything ${name} did was rolled back; it is marked dirty and counts as pending. The next gander up tries it again.${noted}`;
}
