import { PostgresError } from "../../database/postgres-error.ts";
import type { Migration, Statement } from "../../files/migration.ts";
import { describeStatements } from "../../files/statement-kind.ts";
import {
  endLease,
  finishDown,
  finishUp,
  NOT_OURS,
  recordFailedUp,
  recordProgress,
  recordStopped,
  renewLease,
} from "../../history/record.ts";
import { waysOut } from "../../plan/dirty-error.ts";
import type { PlanStep } from "../../plan/plan.ts";
import { type FailedPart, failureOf, recordedError, redactNotice } from "../failure/failure.ts";
import { type Guard, openGuard } from "../lock/guard.ts";
import type { StepResult } from "../result.ts";
import { isAlone } from "./resume-statement.ts";
import { asOurselves, becomeOurselves, ownTransaction } from "./own-role.ts";
import { rollBack, type RunContext, send } from "../session/run-context.ts";
import { sendLogged, tellHead } from "./send-logged.ts";
import { tryToRecord } from "./try-to-record.ts";
import { sessionSettings } from "./session-settings.ts";
import { createRetries } from "./retries.ts";
import { stepFacts } from "./send-batch.ts";
import { claimsOf, LOCK_BUSY } from "./claims.ts";
import { runStatement } from "./send-statement.ts";
import { ownSessionSettings, stepName } from "./transaction-settings.ts";

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
  let unfinished = true;
  try {
    const guarded = { ...context, writer: { ...context.writer, standIn: guard.standIn } };
    const isStillOurs = () => checkGuard(guarded, guard, step.migration.version);
    const result = await runStatements(guarded, step, number, total, before, isStillOurs);
    unfinished = false;
    return result;
  } finally {
    await guard.close(unfinished);
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
  if (!(await claim(context, step, number, total))) return undefined;
  context.emit({ type: "step-start", ...facts });
  const onNotice = (notice: Parameters<NonNullable<Parameters<typeof send>[2]>>[0]): void =>
    context.emit({ type: "step-notice", ...facts, notice: redactNotice(notice, step) });
  const retries = createRetries(context);
  const setByFile = new Set<string>();
  for (const statement of sessionSettings(statements.slice(0, step.firstStatement))) {
    try {
      await send(context, statement.sql, onNotice);
    } catch (error) {
      if (!(error instanceof PostgresError)) throw error;
      throw await stopped(context, { step, error, statement, statementIndex: step.firstStatement }, before);
    }
    for (const name of namesOfSettings(statement.sql)) setByFile.add(name);
  }
  for (let at = step.firstStatement; at < statements.length; at++) {
    if (at > step.firstStatement && !(await isStillOurs())) return undefined;
    const statement = statements[at] as Statement;
    context.emit({ type: "statement-start", ...facts, statement: at + 1, statements: statements.length });
    const last = at + 1 === statements.length;
    const progress = last ? finish(context, step) : progressOf(context, migration, at + 1);
    try {
      const resumed = at === step.firstStatement && step.row?.state === "resumable";
      const place = { step, number, total, statement, statementIndex: at };
      await runStatement(context, { ...place, progress, resumed, setByFile, retries, isStillOurs, onNotice });
    } catch (error) {
      if (!(error instanceof PostgresError)) throw error;
      if (error.sqlState === NOT_OURS && context.pooled) {
        await rollBack(context.connection);
        return undefined;
      }
      throw await stopped(context, { step, error, statement, statementIndex: at }, before);
    }
    for (const name of namesOfSettings(statement.sql)) setByFile.add(name);
  }
  if (step.firstStatement >= statements.length) await sendLogged(context, finish(context, step));
  const durationMs = performance.now() - began;
  context.emit({ type: "step-done", ...facts, durationMs, statements: statements.length });
  return { direction, version: migration.version, name: migration.name, statements: statements.length, durationMs };
}

/** False where another gander has changed the version since the plan was made. */
async function claim(context: RunContext, step: PlanStep, number: number, total: number): Promise<boolean> {
  const { statementTimeout } = context;
  const name = stepName(context, step, number, total);
  const settings = ownSessionSettings(context, { lockTimeout: 0, statementTimeout }, name);
  try {
    await send(context, [...ownTransaction(context, claimsOf(context, step)), ...settings].join(";\n"));
    return true;
  } catch (error) {
    if (!(error instanceof PostgresError) || (error.sqlState !== LOCK_BUSY && error.sqlState !== "23505")) throw error;
    await rollBack(context.connection);
    return false;
  }
}

/** The settings that a statement changes for the session. */
function namesOfSettings(sql: string): readonly string[] {
  if (!/\bset\b/i.test(sql)) return [];
  return describeStatements(sql).flatMap(({ sessionState }) =>
    sessionState.flatMap(({ kind, name }) => (kind === "set" && name !== undefined ? [name] : [])),
  );
}

function finish(context: RunContext, step: PlanStep): string {
  const { table, writer } = context;
  const { migration, direction } = step;
  const own = becomeOurselves(context, step);
  const around = { before: own, after: tellHead(context) };
  return direction === "up" ? finishUp(table, migration, writer, around) : finishDown(table, migration, writer, around);
}

function progressOf(context: RunContext, migration: Migration, done: number): string {
  return asOurselves(context, [recordProgress(context.table, migration, done, context.writer)]).join(";\n");
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
  return failureOf(
    context,
    failed,
    before,
    state,
    nothingRan ? [] : waysOut({ version: migration.version, direction }, context.table),
  );
}

function doneText(done: number, direction: "up" | "down"): string {
  const what = direction === "up" ? "kept" : "done";
  if (done === 0) return "none of its statements was done";
  return done === 1 ? `statement 1 is ${what}` : `statements 1 to ${done} are ${what}`;
}
