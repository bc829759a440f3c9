import { PostgresError } from "../database/postgres-error.ts";
import type { Migration, Statement } from "../files/migration.ts";
import { describeStatements, type StatementFacts } from "../files/statement-kind.ts";
import {
  changeOne,
  claimDown,
  claimResumed,
  claimUp,
  doBlock,
  endLease,
  finishDown,
  finishUp,
  NOT_OURS,
  recordFailedUp,
  recordProgress,
  recordStopped,
  renewLease,
} from "../history/record.ts";
import { waysOut } from "../plan/dirty-error.ts";
import type { PlanStep } from "../plan/plan.ts";
import { type FailedPart, failureOf, recordedError, redactNotice } from "./failure.ts";
import { statementTag } from "./alive.ts";
import { type Guard, openGuard } from "./guard.ts";
import type { StepResult } from "./result.ts";
import { isAlone, isDoneAlready } from "./resume-statement.ts";
import { asOurselves, becomeOurselves, ownTransaction } from "./own-role.ts";
import { rollBack, type RunContext, send } from "./run-context.ts";
import { tryToRecord } from "./try-to-record.ts";
import { createRetries } from "./retries.ts";
import { stepFacts } from "./send-batch.ts";
import { LOCK_BUSY } from "./step-message.ts";
import { transactionSettings } from "./transaction-settings.ts";

/** Refused because of the company it was sent in: in a transaction block, or a procedure that wants to commit. */
const WANTS_TO_BE_ALONE = new Set(["25001", "2D000", "0A000"]);

/**
 * Runs a migration outside a transaction: the dirty row is committed first, then statement after statement, each in one
 * message with its progress where PostgreSQL allows it, alone where it does not. Undefined where another gander came between,
 * before anything of it ran here.
 *
 * @throws MigrationFailedError, LockTimeoutError; the history says which statements are done
 */
export async function runOutsideTransaction(
  context: RunContext,
  step: PlanStep,
  number: number,
  total: number,
  before: readonly StepResult[],
): Promise<StepResult | undefined> {
  if (!context.pooled) return await runStatements(context, step, number, total, before, async () => true);
  const guard = await openGuard(context);
  if (guard === undefined) return undefined;
  try {
    const guarded = { ...context, writer: { ...context.writer, stand: guard.stand } };
    const isStillOurs = () => checkGuard(guarded, guard, step.migration.version);
    return await runStatements(guarded, step, number, total, before, isStillOurs);
  } finally {
    await guard.close();
  }
}

/**
 * Whether the next statement may begin: false where another gander has taken the version over.
 *
 * @throws ConnectionLostError where the guard is lost; whoever goes on, another connection of ours or another gander, reads
 * from the history what is done
 */
async function checkGuard(context: RunContext, guard: Guard, version: bigint): Promise<boolean> {
  try {
    await guard.check();
  } catch (error) {
    await tryToRecord(context, [endLease(context.table, version, context.writer)]);
    throw error;
  }
  try {
    await send(context, renewLease(context.table, version, context.writer));
    return true;
  } catch (error) {
    if (!(error instanceof PostgresError) || error.sqlState !== NOT_OURS) throw error;
    await rollBack(context.connection);
    return false;
  }
}

async function runStatements(
  context: RunContext,
  step: PlanStep,
  number: number,
  total: number,
  before: readonly StepResult[],
  isStillOurs: () => Promise<boolean>,
): Promise<StepResult | undefined> {
  const { migration, direction } = step;
  const statements = migration[direction] ?? [];
  const facts = stepFacts(step, number, total);
  const began = performance.now();
  if (!(await claim(context, step, statements.length))) return undefined;
  context.emit({ type: "step-start", ...facts });
  const onNotice = (notice: Parameters<NonNullable<Parameters<typeof send>[2]>>[0]): void =>
    context.emit({ type: "step-notice", ...facts, notice: redactNotice(notice, step) });
  const retry = createRetries(context);
  const mayTryAgain = async (error: PostgresError): Promise<boolean> =>
    (await retry(error, step, number, total)) && (await isStillOurs());
  for (let at = step.firstStatement; at < statements.length; at++) {
    if (at > step.firstStatement && !(await isStillOurs())) return undefined;
    const statement = statements[at] as Statement;
    context.emit({ type: "statement-start", ...facts, statement: at + 1, statements: statements.length });
    const last = at + 1 === statements.length;
    const progress = last ? finish(context, step) : progressOf(context, migration, at + 1);
    try {
      const resumed = at === step.firstStatement && step.row !== undefined;
      await runStatement(context, { version: migration.version, statement, progress, resumed, mayTryAgain, onNotice });
    } catch (error) {
      if (!(error instanceof PostgresError)) throw error;
      if (error.sqlState === NOT_OURS && context.pooled) {
        await rollBack(context.connection);
        return undefined;
      }
      throw await stopped(context, { step, error, statement, statementIndex: at }, before);
    }
  }
  if (step.firstStatement >= statements.length) await send(context, finish(context, step));
  const durationMs = performance.now() - began;
  context.emit({ type: "step-done", ...facts, durationMs, statements: statements.length });
  return { direction, version: migration.version, name: migration.name, statements: statements.length, durationMs };
}

/** False where another gander has changed the version since the plan was made. */
async function claim(context: RunContext, step: PlanStep, statements: number): Promise<boolean> {
  const { table, writer } = context;
  const resumed = step.row?.state === "resumable";
  const claims = resumed
    ? [changeOne(claimResumed(table, step.migration, statements, step.firstStatement, writer), LOCK_BUSY)]
    : step.direction === "up"
      ? claimUp(table, step.migration, writer)
      : [changeOne(claimDown(table, step.migration, writer), LOCK_BUSY)];
  // CONCURRENTLY and VACUUM block nobody while they wait, and a timeout would leave an INVALID index.
  const timeouts =
    context.connection.driver === "pglite" || context.pooled
      ? []
      : ["SET lock_timeout = 0", "SET statement_timeout = 0"];
  try {
    await send(context, [...ownTransaction(context, claims), ...timeouts].join(";\n"));
    return true;
  } catch (error) {
    if (!(error instanceof PostgresError) || (error.sqlState !== LOCK_BUSY && error.sqlState !== "23505")) throw error;
    await rollBack(context.connection);
    return false;
  }
}

function finish(context: RunContext, step: PlanStep): string {
  const { table, writer } = context;
  const { migration, direction } = step;
  const own = becomeOurselves(context, step);
  return direction === "up" ? finishUp(table, migration, writer, own) : finishDown(table, migration, writer, own);
}

function progressOf(context: RunContext, migration: Migration, done: number): string {
  return asOurselves(context, [recordProgress(context.table, migration, done, context.writer)]).join(";\n");
}

interface StatementRun {
  readonly version: bigint;
  readonly statement: Statement;
  readonly progress: string;
  /** It is the first one after a crash or a repair, and may have been done. */
  readonly resumed: boolean;
  readonly mayTryAgain: (error: PostgresError) => Promise<boolean>;
  readonly onNotice: Parameters<typeof send>[2];
}

async function runStatement(context: RunContext, run: StatementRun): Promise<void> {
  const { version, statement, progress, resumed, onNotice } = run;
  const facts = describeStatements(statement.sql);
  if (await isDoneAlready(context, facts[0], resumed)) {
    await send(context, progress);
    return;
  }
  if (!isAlone(facts) && (await runWithProgress(context, run, facts))) return;
  await sendAlone(context, statement, onNotice, version);
  await send(context, progress);
}

async function sendAlone(
  context: RunContext,
  { sql }: Statement,
  onNotice: StatementRun["onNotice"],
  version: bigint,
): Promise<void> {
  const { stand } = context.writer;
  const tag = stand === undefined ? "" : statementTag(version, stand);
  try {
    await send(context, `${tag}${sql}`, onNotice);
  } catch (error) {
    throw error instanceof PostgresError ? shifted(error, tag.length, 0) : error;
  }
}

/** False where PostgreSQL wants the statement alone. What fails is rolled back, all of it, and so may be tried again. */
async function runWithProgress(
  context: RunContext,
  { statement, progress, mayTryAgain, onNotice }: StatementRun,
  facts: readonly StatementFacts[],
): Promise<boolean> {
  const lockTimeout = facts.some(({ waitsWithoutBlocking }) => waitsWithoutBlocking) ? 0 : context.lockTimeout;
  const settings = doBlock(`BEGIN ${transactionSettings(context, lockTimeout, "gander").join(" ")} END`);
  const controlsItself = facts.some(({ transactionControl }) => transactionControl !== undefined);
  for (;;) {
    try {
      await send(context, [settings, statement.sql, `${progress};`].join("\n;\n"), onNotice);
      return true;
    } catch (error) {
      if (!(error instanceof PostgresError)) throw error;
      await rollBack(context.connection);
      if (WANTS_TO_BE_ALONE.has(error.sqlState)) return false;
      if (controlsItself || !(await mayTryAgain(error))) throw shifted(error, Array.from(settings).length + 3, 1);
    }
  }
}

/** An error's position and count, seen from the statement instead of the message that carried it. */
function shifted(error: PostgresError, characters: number, statements: number): PostgresError {
  const { position } = error.fields;
  return new PostgresError(
    { ...error.fields, position: position === undefined ? undefined : Math.max(1, position - characters) },
    Math.max(0, error.completed - statements),
  );
}

async function stopped(
  context: RunContext,
  failedStatement: Omit<FailedPart, "offset" | "index">,
  before: readonly StepResult[],
): Promise<Error> {
  const { step, error, statement, statementIndex = 0 } = failedStatement;
  const { migration, direction } = step;
  await rollBack(context.connection);
  const position = error.fields.position;
  const failed: FailedPart = {
    ...failedStatement,
    offset: position === undefined ? undefined : position - 1,
    index: Math.min(error.completed, Math.max(0, (statement?.count ?? 1) - 1)),
  };
  const recorded = recordedError(failed);
  const nothingRan = direction === "up" && statementIndex === 0 && !isAlone(describeStatements(statement?.sql ?? ""));
  const records = nothingRan
    ? recordFailedUp(context.table, migration, recorded, context.writer)
    : recordStopped(context.table, migration, direction, statementIndex, recorded, context.writer);
  const notNoted = await tryToRecord(context, records);
  context.emit({
    type: "step-failed",
    ...stepFacts(step, before.length, before.length + 1),
    message: recorded.message,
  });
  const noted = notNoted === undefined ? "" : ` (The history could not be written: ${notNoted}.)`;
  const state = nothingRan
    ? `Nothing of ${migration.name} was done; it is marked dirty and counts as pending. The next gander up tries it again.${noted}`
    : `${migration.name} runs outside a transaction: ${doneText(statementIndex, direction)}, statement ${statementIndex + 1} failed. It is marked dirty and nothing more runs until it is repaired.${noted}`;
  return failureOf(context, failed, before, state, nothingRan ? [] : waysOut(migration.version));
}

function doneText(done: number, direction: "up" | "down"): string {
  const what = direction === "up" ? "kept" : "done";
  if (done === 0) return "none of its statements was done";
  return done === 1 ? `statement 1 is ${what}` : `statements 1 to ${done} are ${what}`;
}
