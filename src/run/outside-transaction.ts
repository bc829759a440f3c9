import { PostgresError } from "../database/postgres-error.ts";
import type { Statement } from "../files/migration.ts";
import { describeStatements, type StatementFacts } from "../files/statement-kind.ts";
import {
  claimDown,
  claimResumed,
  claimUp,
  doBlock,
  finishDown,
  finishUp,
  recordFailedUp,
  recordProgress,
  recordStopped,
} from "../history/record.ts";
import { waysOut } from "../plan/dirty-error.ts";
import type { PlanStep } from "../plan/plan.ts";
import { type FailedPart, failureOf, recordedError, redactNotice } from "./failure.ts";
import { indexState, dropInvalidIndex } from "./concurrent-index.ts";
import { openGuard } from "./guard.ts";
import type { StepResult } from "./result.ts";
import { rollBack, type RunContext, send } from "./run-context.ts";
import { tryToRecord } from "./try-to-record.ts";
import { stepFacts } from "./send-batch.ts";
import { transactionSettings } from "./transaction-settings.ts";

/** Refused because of the company it was sent in: in a transaction block, or a procedure that wants to commit. */
const WANTS_TO_BE_ALONE = new Set(["25001", "2D000", "0A000"]);

/**
 * Runs a migration outside a transaction: the dirty row is committed first, then statement after statement, each in one
 * message with its progress where PostgreSQL allows it, alone where it does not.
 *
 * @throws MigrationFailedError; the history says which statements are done
 */
export async function runOutsideTransaction(
  context: RunContext,
  step: PlanStep,
  number: number,
  total: number,
  before: readonly StepResult[],
): Promise<StepResult> {
  const guard = context.pooled ? await openGuard(context) : undefined;
  try {
    return await runStatements(context, step, number, total, before);
  } finally {
    await guard?.close();
  }
}

async function runStatements(
  context: RunContext,
  step: PlanStep,
  number: number,
  total: number,
  before: readonly StepResult[],
): Promise<StepResult> {
  const { migration, direction } = step;
  const statements = migration[direction] ?? [];
  const facts = stepFacts(step, number, total);
  const began = performance.now();
  await claim(context, step, statements.length);
  context.emit({ type: "step-start", ...facts });
  const onNotice = (notice: Parameters<NonNullable<Parameters<typeof send>[2]>>[0]): void =>
    context.emit({ type: "step-notice", ...facts, notice: redactNotice(notice, step) });
  for (let at = step.firstStatement; at < statements.length; at++) {
    const statement = statements[at] as Statement;
    context.emit({ type: "statement-start", ...facts, statement: at + 1, statements: statements.length });
    const last = at + 1 === statements.length;
    const progress = last ? finish(context, step) : recordProgress(context.table, migration, at + 1);
    try {
      await runStatement(context, statement, progress, at === step.firstStatement && step.row !== undefined, onNotice);
    } catch (error) {
      if (!(error instanceof PostgresError)) throw error;
      throw await stopped(context, { step, error, statement, statementIndex: at }, before);
    }
  }
  if (step.firstStatement >= statements.length) await send(context, finish(context, step));
  const durationMs = performance.now() - began;
  context.emit({ type: "step-done", ...facts, durationMs, statements: statements.length });
  return { direction, version: migration.version, name: migration.name, statements: statements.length, durationMs };
}

async function claim(context: RunContext, step: PlanStep, statements: number): Promise<void> {
  const { table, writer } = context;
  const resumed = step.row?.state === "resumable";
  const claims = resumed
    ? [claimResumed(table, step.migration, statements, writer)]
    : step.direction === "up"
      ? claimUp(table, step.migration, writer)
      : [claimDown(table, step.migration, writer)];
  // CONCURRENTLY and VACUUM block nobody while they wait, and a timeout would leave an INVALID index.
  const timeouts =
    context.connection.driver === "pglite" || context.pooled
      ? []
      : ["SET lock_timeout = 0", "SET statement_timeout = 0"];
  await send(context, ["BEGIN", ...claims, "COMMIT", ...timeouts].join(";\n"));
}

function finish({ table, writer }: RunContext, { migration, direction }: PlanStep): string {
  return direction === "up" ? finishUp(table, migration, writer) : finishDown(table, migration, writer);
}

async function runStatement(
  context: RunContext,
  statement: Statement,
  progress: string,
  resumed: boolean,
  onNotice: Parameters<typeof send>[2],
): Promise<void> {
  const facts = describeStatements(statement.sql);
  if (await isDoneAlready(context, facts[0], resumed)) {
    await send(context, progress);
    return;
  }
  if (!isAlone(facts)) {
    const lockTimeout = facts.some(({ waitsWithoutBlocking }) => waitsWithoutBlocking) ? 0 : context.lockTimeout;
    const settings = doBlock(`BEGIN ${transactionSettings(context, lockTimeout, "gander").join(" ")} END`);
    try {
      await send(context, [settings, statement.sql, `${progress};`].join("\n;\n"), onNotice);
      return;
    } catch (error) {
      if (!(error instanceof PostgresError) || !WANTS_TO_BE_ALONE.has(error.sqlState)) throw shifted(error, settings);
      await rollBack(context.connection);
    }
  }
  await send(context, statement.sql, onNotice);
  await send(context, progress);
}

/** An error's position and count, seen from the statement instead of the message that carried it. */
function shifted(error: unknown, settings: string): unknown {
  if (!(error instanceof PostgresError)) return error;
  const { position } = error.fields;
  const from = Array.from(settings).length + 3;
  return new PostgresError(
    { ...error.fields, position: position === undefined ? undefined : Math.max(1, position - from) },
    Math.max(0, error.completed - 1),
  );
}

/** True for statements that PostgreSQL runs in no message but their own. */
export function isAlone(facts: readonly StatementFacts[]): boolean {
  return facts.length === 1 && facts[0]?.outsideTransaction !== undefined;
}

/**
 * A CONCURRENTLY statement that a crash interrupted may have been finished by the server; the catalog tells. An INVALID
 * index of its name goes before it is built again, and is never taken for the index by IF NOT EXISTS.
 */
async function isDoneAlready(
  context: RunContext,
  facts: StatementFacts | undefined,
  resumed: boolean,
): Promise<boolean> {
  const index = facts?.index;
  if (index === undefined || index.name === undefined || (!resumed && !index.ifNotExists)) return false;
  const state = await indexState(context.connection, index);
  if (index.action === "create") {
    if (state === "invalid") await dropInvalidIndex(context.connection, index);
    return resumed && state === "valid";
  }
  return index.action === "drop" && resumed && state === "missing";
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
