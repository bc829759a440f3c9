import { createHash } from "node:crypto";
import { quoteLiteral } from "../../database/quote.ts";
import { LockTimeoutError } from "../../errors.ts";
import type { LockHolder } from "../../events.ts";
import type { HistoryTable } from "../../history/history.ts";
import { parseState, stateMessage } from "../../history/read-state.ts";
import type { DatabaseState, RowsWanted } from "../../history/read-state.ts";
import { describeTable, type TableName } from "../../history/table-name.ts";
import { createPauses, pauseFor } from "./pause.ts";
import { describeHolder, type HoldingSession, parseHolder, whoWorks } from "./run-lock-holder.ts";
import { type RunContext, send } from "../session/run-context.ts";
import { lastingSettings } from "../step/transaction-settings.ts";

/** The advisory lock of a history: PostgreSQL keeps such locks by database, so the table's name tells them apart. */
export function lockKey(table: HistoryTable): bigint {
  return createHash("sha256").update(`gander\0${table.schema}\0${table.name}`).digest().readBigInt64BE();
}

/** How the run lock was waited for. */
export interface LockOutcome {
  /** False where, while waiting, somebody else did all that there was to do. */
  readonly locked: boolean;
  /** The history as read under the lock. */
  readonly state: DatabaseState;
  readonly waitedMs: number;
}

const FIRST_PAUSE_MS = 15;
const LONGEST_PAUSE_MS = 400;

/**
 * Takes the run lock by polling, so that a waiter blocks nobody and holds no snapshot; each try reads the history in the
 * same message. `isDone` ends the wait early. Through a pooler there is no session to hold a lock: each step takes its own,
 * and this only reads.
 *
 * @throws LockTimeoutError with the holder when `wait` is over
 */
export async function takeRunLock(
  context: RunContext,
  name: TableName,
  wanted: RowsWanted,
  isDone: (state: DatabaseState) => boolean,
): Promise<LockOutcome> {
  const began = Date.now();
  const pauses = createPauses(FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
  if (!context.pooled) await context.connection.keepSession?.();
  for (let told = -Infinity; ;) {
    const { locked, session, state } = await tryRunLock(context, name, wanted);
    const holder = session && describeHolder(session, state.rows ?? []);
    const waitedMs = Date.now() - began;
    if (holder !== undefined && holder.backendId === context.former?.backendId) await endFormer(context);
    if (locked || isDone(state)) {
      if (locked) context.emit({ type: "locked", waitedMs });
      return { locked, state, waitedMs };
    }
    if (context.wait !== undefined && waitedMs >= context.wait) throw timeoutError(context, holder, waitedMs);
    if (Date.now() - told >= LONGEST_PAUSE_MS) {
      context.emit({ type: "lock-wait", lock: "run", holder, waitedMs });
      told = Date.now();
    }
    await pauseFor(pauses(), context.signal);
  }
}

async function tryRunLock(
  context: RunContext,
  name: TableName,
  wanted: RowsWanted,
): Promise<{ locked: boolean; session: HoldingSession | undefined; state: DatabaseState }> {
  const key = lockKey(context.table);
  const state = stateMessage(name, wanted, context.role);
  const tries = context.pooled
    ? `SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_locks WHERE ${holdsKey(key)} AND granted);`
    : `SELECT pg_catalog.pg_try_advisory_lock(${key});`;
  const results = await send(context, [tries, `${holderQuery(key)};`, ...lastingSettings(context), state].join("\n"));
  return {
    locked: results[0]?.rows[0]?.[0] === "t",
    session: parseHolder(results[1]),
    state: parseState(name, results.at(-1)?.rows[0]?.[0] ?? ""),
  };
}

/** Nobody hears a backend any more whose connection was lost: what it has not committed yet must not be waited for. */
async function endFormer({ connection, former }: RunContext): Promise<void> {
  if (former === undefined) return;
  await connection.send(
    `SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_get_activity(${former.backendId})
  WHERE backend_start <= ${quoteLiteral(former.seen)}::timestamptz`,
  );
}

/** Lets the run lock go; needed where the session outlives the run. */
export async function releaseRunLock(context: RunContext): Promise<void> {
  if (context.pooled) return;
  await context.connection.send(`SELECT pg_catalog.pg_advisory_unlock(${lockKey(context.table)})`);
}

function holdsKey(key: bigint): string {
  const unsigned = BigInt.asUintN(64, key);
  return `locktype = 'advisory' AND objsubid = 1 AND classid::bigint = ${unsigned >> 32n} AND objid::bigint = ${unsigned & 0xffffffffn}
    AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())`;
}

function holderQuery(key: bigint): string {
  const start = "pg_catalog.to_json(a.backend_start) OPERATOR(pg_catalog.#>>) '{}'";
  return `SELECT a.pid, a.usename, a.application_name, a.client_addr, ${start} FROM pg_catalog.pg_locks l
  LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
  WHERE ${holdsKey(key)} AND granted AND l.pid <> pg_catalog.pg_backend_pid() LIMIT 1`;
}

function timeoutError(context: RunContext, holder: LockHolder | undefined, waitedMs: number): LockTimeoutError {
  return new LockTimeoutError(
    "run",
    `the run lock of ${describeTable(context.table)} was not obtained in ${waitedMs} ms: ${whoWorks(holder)}`,
    {
      hint: "Wait for it and start again, or give more time with --wait. Nothing was changed.",
      holders: holder === undefined ? [] : [holder],
    },
  );
}
