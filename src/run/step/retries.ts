import type { PostgresError } from "../../database/postgres-error.ts";
import { LockTimeoutError } from "../../errors.ts";
import type { LockHolder } from "../../events.ts";
import type { Statement } from "../../files/migration.ts";
import type { ObjectName } from "../../files/object-name.ts";
import { tableUse } from "../../files/table-locks.ts";
import type { PlanStep } from "../../plan/plan.ts";
import { recordGivenUp } from "./give-up.ts";
import { type Blockers, describeHolders, readAllHolders, readHolders, waysToEnd } from "../lock/lock-holders.ts";
import { createPauses, pauseFor } from "../lock/pause.ts";
import type { RunContext } from "../session/run-context.ts";
import { stepFacts } from "./send-batch.ts";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;
/** What met locked rows may have worked for long before: it is not begun again and again. */
const ROW_TRIES = 3;

const RETRIED: Readonly<Record<string, "lock-timeout" | "deadlock" | "serialization">> = {
  "55P03": "lock-timeout",
  "40P01": "deadlock",
  "40001": "serialization",
};

/** Whether an error is of the kind after which something is tried again. */
export function isRetried({ sqlState }: PostgresError): boolean {
  return RETRIED[sqlState] !== undefined;
}

/** A statement that was rolled back, all of it, and with it all that came before it in its transaction. */
export interface FailedTry {
  readonly error: PostgresError;
  readonly step: PlanStep;
  readonly number: number;
  readonly total: number;
  /** Undefined where it was none of the file. */
  readonly statement: Statement | undefined;
  readonly statementIndex: number | undefined;
  readonly blockers: Blockers | undefined;
}

/** Trying again what was rolled back. */
export interface Retries {
  /** Something has been tried before, and failed for the same reason. */
  triedBefore(step: PlanStep, statementIndex?: number): boolean;
  /**
   * Waits until it may be tried again; false where the error is not of the kind.
   *
   * @throws LockTimeoutError when the time or the tries are used up
   */
  mayTryAgain(failed: FailedTry): Promise<boolean>;
}

/** Makes what tries again after a lock timeout, a deadlock or a serialization failure; each version has the whole budget. */
export function createRetries(context: RunContext): Retries {
  let current = { version: -1n, statement: undefined as number | undefined, began: 0, attempt: 0, rowTries: 0 };
  let pauses = createPauses(FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
  return {
    triedBefore: ({ migration: { version, transaction } }, statementIndex) =>
      version === current.version && (transaction || statementIndex === current.statement),
    mayTryAgain: async (failed) => {
      const { error, step, number, total } = failed;
      const reason = RETRIED[error.sqlState];
      if (reason === undefined) return false;
      const { version, transaction } = step.migration;
      // Outside a transaction what was done before stays done, and each statement begins anew.
      const statement = transaction ? undefined : failed.statementIndex;
      if (version !== current.version || statement !== current.statement) {
        current = { version, statement, began: Date.now(), attempt: 0, rowTries: 0 };
        pauses = createPauses(FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
      }
      const found: InTheWay = reason === "lock-timeout" ? await findHolders(context, failed) : { holders: [] };
      if (metRows(failed)) current.rowTries++;
      const left = context.lockRetry - (Date.now() - current.began);
      if (left <= 0 || current.rowTries >= ROW_TRIES) {
        const why =
          current.rowTries >= ROW_TRIES
            ? `met rows that others had locked, in ${ROW_TRIES} tries`
            : `did not get its locks within ${context.lockRetry} ms of tries: the tables are in use`;
        throw lockError(failed, why, await recordGivenUp(context, failed, why), found);
      }
      const pauseMs = Math.min(pauses(), left);
      const attempt = ++current.attempt;
      context.emit({
        type: "step-retry",
        ...stepFacts(step, number, total),
        reason,
        attempt,
        pauseMs,
        holders: found.holders,
      });
      await pauseFor(pauseMs, context.signal);
      return true;
    },
  };
}

interface InTheWay {
  readonly holders: readonly LockHolder[];
  /** They hold something, but it is not known what was waited for. */
  readonly guessed?: boolean;
}

/** Best is who was seen while we waited, then whoever holds what the statement names. */
async function findHolders(context: RunContext, failed: FailedTry): Promise<InTheWay> {
  if (failed.blockers !== undefined) return failed.blockers;
  const holders = await readHolders(context, tablesOf(context, failed));
  return holders.length > 0 ? { holders } : { holders: await readAllHolders(context), guessed: true };
}

function tablesOf(context: RunContext, { error, statement }: FailedTry): readonly ObjectName[] {
  if (statement === undefined) return [context.table];
  const inContext = rowContext(error)?.match(/"([^"]+)"/)?.[1];
  const named = tableUse(statement.sql).flatMap(({ locks }) => locks.map(({ object }) => object));
  return inContext === undefined ? named : [{ name: inContext }, ...named];
}

/** Whether a row was waited for, and not a table. */
function metRows({ error, blockers }: FailedTry): boolean {
  return error.sqlState !== "40001" && (blockers?.isRow === true || rowContext(error) !== undefined);
}

/** What PostgreSQL says of the row that was waited for: in every language it names its place, `(0,1)`. */
function rowContext({ fields }: PostgresError): string | undefined {
  const [innermost = ""] = (fields.where ?? "").split("\n");
  return /\(\d+,\d+\).*"/.test(innermost) && !/^SQL|^PL/.test(innermost) ? innermost : undefined;
}

function lockError(
  { step, statement }: FailedTry,
  why: string,
  state: string,
  { holders, guessed }: InTheWay,
): LockTimeoutError {
  const { name, path } = step.migration;
  const place = statement === undefined ? "" : `${path}:${statement.place.line}:${statement.place.column}: `;
  return new LockTimeoutError("table", `${place}${name} ${why}. ${state}`, {
    hint:
      holders.length === 0
        ? "Start again when the tables are less busy, or give more time with --lock-retry."
        : [
            guessed === true
              ? "Who was in the way is not known; these sessions hold locks in this database, the oldest first:"
              : "These sessions were in the way, the oldest first:",
            describeHolders(holders),
            "Start again when they are done, give more time with --lock-retry, or end them:",
            waysToEnd(holders),
          ].join("\n"),
    holders,
  });
}
