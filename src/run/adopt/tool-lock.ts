import { LockTimeoutError } from "../../errors.ts";
import { PostgresError } from "../../database/postgres-error.ts";
import { quoteLiteral } from "../../database/quote.ts";
import { adoptError } from "../../history/adopt/adopt-error.ts";
import type { ChosenTool } from "../../history/adopt/choose-tool.ts";
import { digestMessage } from "../../history/adopt/table-digest.ts";
import type { ToolTable } from "../../history/adopt/tool.ts";
import { doBlock } from "../../history/do-block.ts";
import { describeTable, quoteTable } from "../../history/table-name.ts";
import { createPauses, pauseFor } from "../lock/pause.ts";
import { rollBack, type RunContext, send } from "../session/run-context.ts";
import { LOCK_BUSY, tryLock } from "../step/step-message.ts";
import { transactionSettings } from "../step/transaction-settings.ts";

/** The SQLSTATEs with which the block says that the tool is at work, and that its lock row says so. */
const TOOL_BUSY = "GA003";
const TOOL_LOCKED = "GA004";
const TRIED_AGAIN = new Set([LOCK_BUSY, TOOL_BUSY, "55P03", "40P01"]);
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Begins a transaction that holds the other tool's own lock, and its table against writing, until it ends; through a pooler
 * the run lock, too. Waits by polling.
 *
 * @throws LockTimeoutError when `wait` is over; HistoryError where the tool's lock says that it is at work
 */
export async function beginUnderToolLock(
  context: RunContext,
  { tool, table }: ChosenTool,
  exists = true,
): Promise<void> {
  const database = (await send(context, "SELECT pg_catalog.current_database()")).at(-1)?.rows[0]?.[0] ?? "";
  const keys = tool.advisoryLocks(table, database);
  const lockRow = tool.lockTable?.(table);
  const began = Date.now();
  const pauses = createPauses(FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
  for (;;) {
    try {
      await send(
        context,
        `BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;\n${lockBlock(context, exists ? table : undefined, keys, lockRow)}`,
      );
      return;
    } catch (error) {
      if (!(error instanceof PostgresError)) throw error;
      await rollBack(context.connection);
      if (error.sqlState === TOOL_LOCKED) throw lockedByRow(tool.name, lockRow as string);
      if (!TRIED_AGAIN.has(error.sqlState)) throw error;
    }
    const waitedMs = Date.now() - began;
    if (context.wait !== undefined && waitedMs >= context.wait) throw stillBusy(tool.name, table, waitedMs);
    context.emit({ type: "lock-wait", lock: "other-tool", holder: undefined, waitedMs });
    await pauseFor(pauses(), context.signal);
  }
}

function lockBlock(
  context: RunContext,
  table: ToolTable | undefined,
  keys: readonly bigint[],
  lockRow: string | undefined,
): string {
  const busy = keys.map((key) => `NOT pg_catalog.pg_try_advisory_xact_lock(${key})`).join(" OR ");
  return doBlock(`DECLARE locked boolean;
BEGIN
  ${transactionSettings(context, { lockTimeout: context.lockTimeout }, "gander adopt").join("\n  ")}
  ${context.pooled ? tryLock(context) : ""}
  ${busy === "" ? "" : `IF ${busy} THEN RAISE EXCEPTION 'the other tool is at work' USING ERRCODE = '${TOOL_BUSY}'; END IF;`}
  ${table === undefined ? "" : lockTable(quoteTable(table))}
  ${lockRow === undefined ? "" : readLockRow(lockRow)}
END`);
}

/** Nobody can write it then; a role that may only read it does without. */
function lockTable(table: string): string {
  return `BEGIN LOCK TABLE ${table} IN SHARE MODE; EXCEPTION WHEN insufficient_privilege THEN NULL; END;`;
}

function readLockRow(table: string): string {
  return `IF pg_catalog.to_regclass(${quoteLiteral(table)}) IS NOT NULL THEN
    ${lockTable(table)}
    EXECUTE ${quoteLiteral(`SELECT EXISTS (SELECT FROM ${table} WHERE is_locked = 1)`)} INTO locked;
    IF locked THEN RAISE EXCEPTION 'the other tool is at work' USING ERRCODE = '${TOOL_LOCKED}'; END IF;
  END IF;`;
}

/** One value over all rows of the other tool's table. Within a transaction the last thing to read: it fixes settings. */
export async function readToolDigest(
  context: Pick<RunContext, "connection" | "signal">,
  table: Pick<ToolTable, "schema" | "name">,
): Promise<string> {
  const results = await send(context, digestMessage(table));
  return results.at(-1)?.rows[0]?.[0] ?? "";
}

function lockedByRow(tool: string, table: string): Error {
  return adoptError(
    `${tool} is at work, or one that was has crashed: is_locked is 1 in ${table}`,
    `Wait for it. Where none is running, let it go as ${tool} does: UPDATE ${table} SET is_locked = 0`,
  );
}

function stillBusy(tool: string, table: ToolTable, waitedMs: number): LockTimeoutError {
  return new LockTimeoutError(
    "run",
    `${tool} is at work on ${describeTable(table)}: its lock was not obtained in ${waitedMs} ms`,
    { hint: "Wait for it and start again, or give more time with --wait. Nothing was changed." },
  );
}
