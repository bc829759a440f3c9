import { PostgresError } from "../../database/postgres-error.ts";
import { ConfigError, LockTimeoutError } from "../../errors.ts";
import type { LockHolder } from "../../events.ts";
import { LAYOUT, layoutSql, upgradeTables } from "../../history/layout.ts";
import { doBlock } from "../../history/do-block.ts";
import { logEvent } from "../../history/log-event.ts";
import { describeTable } from "../../history/table-name.ts";
import { describeHolders, readHolders, waysToEnd } from "../lock/lock-holders.ts";
import { createPauses, pauseFor } from "../lock/pause.ts";
import { rollBack, type RunContext, send } from "./run-context.ts";
import { LOCK_BUSY, tryLock } from "../step/step-message.ts";
import { transactionSettings } from "../step/transaction-settings.ts";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
const INSUFFICIENT_PRIVILEGE = "42501";
const TRIED_AGAIN = new Set(["55P03", "40P01"]);

/**
 * Brings the history and its log from an older layout to this one, in one transaction and with an event in the log; the
 * run lock must be held, through a pooler the transaction takes it. False where another gander came between.
 *
 * Every start looks at the history, so the upgrade never keeps them waiting for long: it gives up after the lock timeout,
 * and tries again after a pause.
 */
export async function upgradeHistory(context: RunContext, from: number): Promise<boolean> {
  const began = Date.now();
  const pauses = createPauses(FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
  for (;;) {
    try {
      await send(context, upgradeMessage(context, from));
      context.emit({ type: "history-upgraded", table: describeTable(context.table), from, to: LAYOUT });
      return true;
    } catch (error) {
      if (!(error instanceof PostgresError)) throw error;
      await rollBack(context.connection);
      if (error.sqlState === LOCK_BUSY) return false;
      if (error.sqlState === INSUFFICIENT_PRIVILEGE) throw mayNot(context, from, error);
      if (!TRIED_AGAIN.has(error.sqlState)) throw error;
    }
    const waitedMs = Date.now() - began;
    const { schema, name } = context.table;
    const holders = await readHolders(context, [context.table, { schema, name: `${name}_log` }]);
    const left = context.lockRetry - waitedMs;
    if (left <= 0) throw inUse(context, holders);
    context.emit({ type: "lock-wait", lock: "history", holder: holders[0], waitedMs });
    await pauseFor(Math.min(pauses(), left), context.signal);
  }
}

function upgradeMessage(context: RunContext, from: number): string {
  const { table } = context;
  const note = `layout ${from} to ${LAYOUT}`;
  return [
    "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
    doBlock(`BEGIN
  ${transactionSettings(context, { lockTimeout: context.lockTimeout }, "gander upgrade of the history").join("\n  ")}
  ${context.pooled ? tryLock(context) : ""}
  IF coalesce(${layoutSql(table)}, 1) OPERATOR(pg_catalog.<>) ${from} THEN
    RAISE EXCEPTION 'the history has changed' USING ERRCODE = '${LOCK_BUSY}';
  END IF;
  ${[...upgradeTables(table, from), logEvent(table, { event: "upgraded", note }, context.writer)].join(";\n  ")};
END`),
    "COMMIT",
  ].join(";\n");
}

function mayNot(context: RunContext, from: number, cause: PostgresError): ConfigError {
  const name = describeTable(context.table);
  return new ConfigError(
    `the history ${name} has layout ${from} and needs ${LAYOUT}, and this role may not change it: ${cause.fields.message}`,
    {
      hint: [
        "Nothing was changed. Let the owner of the tables run this once, or let migrations run as the owner (--role):",
        ...["BEGIN", ...upgradeTables(context.table, from), "COMMIT"].map((statement) => `  ${statement};`),
      ].join("\n"),
      cause,
    },
  );
}

function inUse(context: RunContext, holders: readonly LockHolder[]): LockTimeoutError {
  return new LockTimeoutError(
    "table",
    `the history ${describeTable(context.table)} could not be upgraded within ${context.lockRetry} ms of tries: the table is in use. Nothing was changed.`,
    {
      hint:
        holders.length === 0
          ? "Start again when it is less busy, or give more time with --lock-retry."
          : [
              "These sessions were in the way, the oldest first:",
              describeHolders(holders),
              "Start again when they are done, give more time with --lock-retry, or end them:",
              waysToEnd(holders),
            ].join("\n"),
      holders,
    },
  );
}
