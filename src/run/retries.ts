import type { PostgresError } from "../database/postgres-error.ts";
import { LockTimeoutError } from "../errors.ts";
import type { LockHolder } from "../events.ts";
import type { PlanStep } from "../plan/plan.ts";
import { describeHolders, readHolders } from "./lock-holders.ts";
import { createPauses, pauseFor } from "./pause.ts";
import type { RunContext } from "./run-context.ts";
import { stepFacts } from "./send-batch.ts";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;

const RETRIED: Readonly<Record<string, "lock-timeout" | "deadlock" | "serialization">> = {
  "55P03": "lock-timeout",
  "40P01": "deadlock",
  "40001": "serialization",
};

/** Waits until something that was rolled back may be tried again; false where the error is not of the kind. */
export type Retry = (error: PostgresError, step: PlanStep, number: number, total: number) => Promise<boolean>;

/**
 * Makes what tries again after a lock timeout, a deadlock or a serialization failure; each version has the whole budget.
 * What failed must have been rolled back, all of it.
 *
 * @throws LockTimeoutError when the budget is used up
 */
export function createRetries(context: RunContext): Retry {
  let version: bigint | undefined;
  let attempt = 0;
  let began = 0;
  let pauses = createPauses(FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
  return async (error, step, number, total) => {
    const reason = RETRIED[error.sqlState];
    if (reason === undefined) return false;
    if (version !== step.migration.version) {
      version = step.migration.version;
      attempt = 0;
      began = Date.now();
      pauses = createPauses(FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
    }
    const holders = reason === "lock-timeout" ? await readHolders(context) : [];
    const left = context.lockRetry - (Date.now() - began);
    if (left <= 0) throw tableLockError(context, step, holders);
    const pauseMs = Math.min(pauses(), left);
    context.emit({
      type: "step-retry",
      ...stepFacts(step, number, total),
      reason,
      attempt: ++attempt,
      pauseMs,
      holders,
    });
    await pauseFor(pauseMs, context.signal);
    return true;
  };
}

function tableLockError(
  context: RunContext,
  { migration }: PlanStep,
  holders: readonly LockHolder[],
): LockTimeoutError {
  const undone = migration.transaction ? "It was" : "The statement was";
  return new LockTimeoutError(
    "table",
    `${migration.name} did not get its locks within ${context.lockRetry} ms of tries: the tables are in use. ${undone} rolled back.`,
    {
      hint:
        holders.length === 0
          ? "Start again when the tables are less busy, or give more time with --lock-retry."
          : `These sessions hold locks here, the oldest first:\n${describeHolders(holders)}\nEnd them (SELECT pg_terminate_backend(PID)), or give more time with --lock-retry.`,
    },
  );
}
