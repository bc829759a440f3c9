import type { Notice } from "../../database/connection.ts";
import { PostgresError } from "../../database/postgres-error.ts";
import type { Statement } from "../../files/migration.ts";
import { describeStatements, type StatementFacts } from "../../files/statement-kind.ts";
import { doBlock } from "../../history/do-block.ts";
import { NOT_OURS } from "../../history/record.ts";
import type { PlanStep } from "../../plan/plan.ts";
import { statementTag } from "../lock/alive.ts";
import type { Blockers } from "../lock/lock-holders.ts";
import { isAlone, statementToSend } from "./resume-statement.ts";
import type { Retries } from "./retries.ts";
import { rollBack, type RunContext, send } from "../session/run-context.ts";
import { stepFacts } from "./send-batch.ts";
import { sendAlone } from "./send-alone.ts";
import { sendLogged } from "./send-logged.ts";
import { lockTimeoutOf, ownSessionSettings, stepName, transactionSettings } from "./transaction-settings.ts";
import { beginWatch } from "../lock/watch-waits.ts";

/** Refused because of the company it was sent in: in a transaction block, or a procedure that wants to commit. */
const WANTS_TO_BE_ALONE = new Set(["25001", "2D000", "0A000"]);

/** One statement of a migration outside a transaction, and how it is to be run. */
export interface StatementRun {
  readonly step: PlanStep;
  readonly number: number;
  readonly total: number;
  readonly statement: Statement;
  readonly statementIndex: number;
  /** What notes that it is done. */
  readonly progress: string;
  /** It is the first one after a crash or a repair, and may have been done. */
  readonly resumed: boolean;
  /** The settings that the statements before it have SET for the session. */
  readonly setByFile: ReadonlySet<string>;
  readonly retries: Retries;
  /** Whether a try may follow another one: nobody has taken the version over meanwhile. */
  readonly isStillOurs: () => Promise<boolean>;
  readonly onNotice: (notice: Notice) => void;
}

/**
 * Runs a statement with its progress in one message, or alone where PostgreSQL wants that.
 *
 * @throws PostgresError, with its place seen from the statement; LockTimeoutError
 */
export async function runStatement(context: RunContext, run: StatementRun): Promise<void> {
  const facts = describeStatements(run.statement.sql);
  const sql = await statementToSend(context, run);
  if (sql === undefined) {
    await sendLogged(context, run.progress);
    return;
  }
  if (!isAlone(facts) && (await runWithProgress(context, run, facts))) return;
  await runAlone(context, { ...run, statement: { ...run.statement, sql } }, facts);
}

/** CONCURRENTLY, VACUUM and VALIDATE block nobody while they wait, and a timeout would leave an INVALID index. */
function lockTimeoutFor(context: RunContext, { step }: StatementRun, facts: readonly StatementFacts[]): number {
  const blocksNobody = facts.length > 0 && facts.every(({ waitsWithoutBlocking }) => waitsWithoutBlocking);
  return blocksNobody ? 0 : lockTimeoutOf(context, step.migration);
}

async function runAlone(context: RunContext, run: StatementRun, facts: readonly StatementFacts[]): Promise<void> {
  const { statement, progress } = run;
  const { standIn } = context.writer;
  const tag = standIn === undefined ? "" : statementTag(run.step.migration.version, standIn);
  const lockTimeout = lockTimeoutFor(context, run, facts);
  const { statementTimeout } = context;
  const settings = (limit: number): string =>
    ownSessionSettings(context, { lockTimeout: limit, statementTimeout }, undefined, run.setByFile).join(";\n");
  // What PostgreSQL runs in no transaction can be run again; a procedure that commits may have done half of its work.
  const again = lockTimeout > 0 && isAlone(facts);
  const isLimited = lockTimeout > 0 && settings(lockTimeout) !== "";
  if (isLimited) await send(context, settings(lockTimeout));
  for (;;) {
    const sql = `${tag}${statement.sql}`;
    const failure = await tryStatement(context, run, lockTimeout, () =>
      sendAlone(context, sql, { lockTimeout, statementTimeout }, run.onNotice),
    );
    if (failure === undefined) break;
    const error = shifted(failure.error, tag.length, 0);
    if (!again || !(await mayTryAgain(run, { ...failure, error }))) throw error;
  }
  await sendLogged(context, progress);
  if (isLimited) await send(context, settings(0));
}

/** False where PostgreSQL wants the statement alone. What fails is rolled back, all of it, and so may be tried again. */
async function runWithProgress(
  context: RunContext,
  run: StatementRun,
  facts: readonly StatementFacts[],
): Promise<boolean> {
  const { step, number, total, statement, progress, setByFile } = run;
  const { statementTimeout } = context;
  const lockTimeout = lockTimeoutFor(context, run, facts);
  const name = stepName(context, step, number, total);
  const calls = transactionSettings(context, { lockTimeout, statementTimeout }, name, setByFile);
  const settings = doBlock(`BEGIN ${calls.join(" ")} END`);
  const message = [settings, statement.sql, `${progress};`].join("\n;\n");
  const controlsItself = facts.some(({ transactionControl }) => transactionControl !== undefined);
  for (;;) {
    const failure = await tryStatement(context, run, lockTimeout, () =>
      sendLogged(context, message, { onNotice: run.onNotice, again: !controlsItself }),
    );
    if (failure === undefined) return true;
    await rollBack(context.connection);
    if (WANTS_TO_BE_ALONE.has(failure.error.sqlState)) return false;
    const error = shifted(failure.error, Array.from(settings).length + 3, 1);
    if (controlsItself || !(await mayTryAgain(run, { ...failure, error }))) throw error;
  }
}

interface FailedMessage {
  readonly error: PostgresError;
  readonly blockers: Blockers | undefined;
}

/** Does it, and watches who keeps it waiting; undefined where all went well. */
async function tryStatement(
  context: RunContext,
  { step, number, total, statementIndex, retries }: StatementRun,
  lockTimeout: number,
  work: () => Promise<unknown>,
): Promise<FailedMessage | undefined> {
  const watch = beginWatch(context, {
    lockTimeout,
    again: retries.triedBefore(step, statementIndex),
    onWait: (holders, waitedMs) => {
      // A wait with a limit is told when it is over.
      if (lockTimeout > 0) return;
      const facts = stepFacts(step, number, total);
      context.emit({ type: "statement-wait", ...facts, statement: statementIndex + 1, waitedMs, holders });
    },
  });
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!(error instanceof PostgresError)) throw error;
    return { error, blockers: watch.seen() };
  } finally {
    await watch.stop();
  }
}

async function mayTryAgain(run: StatementRun, failed: FailedMessage): Promise<boolean> {
  if (!(await run.retries.mayTryAgain({ ...run, ...failed }))) return false;
  if (await run.isStillOurs()) return true;
  throw new PostgresError({ ...failed.error.fields, sqlState: NOT_OURS }, failed.error.completed);
}

/** An error's position and count, seen from the statement instead of the message that carried it. */
function shifted(error: PostgresError, characters: number, statements: number): PostgresError {
  const { position } = error.fields;
  return new PostgresError(
    { ...error.fields, position: position === undefined ? undefined : Math.max(1, position - characters) },
    Math.max(0, error.completed - statements),
  );
}
