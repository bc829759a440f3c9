import { PostgresError } from "../../database/postgres-error.ts";
import { ConfirmationError } from "../../errors.ts";
import type { HistoryRow } from "../../history/history.ts";
import { logEvent } from "../../history/log-event.ts";
import { changeOne } from "../../history/record.ts";
import { quoteTable } from "../../history/table-name.ts";
import { checkLayout, checkState, checkWritable, type UsableState } from "../session/check-state.ts";
import { prepareOrStop } from "../session/prepare-history.ts";
import { rollBack, type RunContext } from "../session/run-context.ts";
import { NO_LIMITS, sendAlone } from "../step/send-alone.ts";
import { takeRunLock } from "../lock/run-lock.ts";
import { recordLogged } from "../step/send-logged.ts";
import type { RunSettings, Session } from "../session/session.ts";
import { LOCK_BUSY } from "../step/step-message.ts";
import { release } from "../up.ts";
import { chooseDirty } from "./choose-dirty.ts";
import { planRepair } from "./plan-repair.ts";
import type { RepairMark, RepairPlan } from "./repair-plan.ts";

interface RepairRequest {
  readonly version: bigint | undefined;
  readonly mark: RepairMark;
  readonly confirm: ((question: RepairPlan) => Promise<boolean>) | undefined;
}

/**
 * Gets a dirty version out of its state: looks, asks, cleans up, marks. No statement of the migration runs. The question is
 * asked before the lock is taken: people think long.
 */
export async function runRepair(
  settings: RunSettings,
  { context, source, state }: Session,
  { version, mark, confirm }: RepairRequest,
): Promise<RepairPlan> {
  const look = async ({ rows }: UsableState): Promise<{ row: HistoryRow; plan: RepairPlan }> => {
    const row = await chooseDirty(context, rows ?? [], version);
    const migration = source.files().migrations.find((file) => file.version === row.version);
    return { row, plan: await planRepair(context, row, migration, mark) };
  };
  checkLayout(state);
  checkWritable(state);
  const first = await look(state);
  if (confirm !== undefined && !(await confirm(first.plan))) {
    throw new ConfirmationError("not confirmed: nothing was changed", { hint: "Answer yes, or say --yes." });
  }
  const outcome = await takeRunLock(context, settings.tableName, "rows", () => false);
  try {
    const current = checkState(outcome.state, settings.tableName);
    checkLayout(current);
    const { row, plan } = await look(current);
    if (confirm !== undefined && textOf(plan) !== textOf(first.plan)) {
      throw changedMeanwhile();
    }
    await prepareOrStop(context, current);
    await carryOut(context, row, plan);
    return plan;
  } finally {
    await release(context);
  }
}

function changedMeanwhile(): ConfirmationError {
  return new ConfirmationError("the history or the catalog has changed meanwhile; the version is not marked", {
    hint: "Start again: it looks anew.",
  });
}

function textOf(plan: RepairPlan): string {
  return JSON.stringify(plan, (_, value) => (typeof value === "bigint" ? String(value) : value));
}

async function carryOut(context: RunContext, row: HistoryRow, plan: RepairPlan): Promise<void> {
  for (const statement of plan.cleanup) {
    // It waits for whoever uses the table and blocks nobody; a timeout would leave the index INVALID once more.
    await sendAlone(context, statement, NO_LIMITS);
    await recordLogged(context, [log(context, row, statement)]);
  }
  const marked = `marked ${plan.mark}${plan.mark === "resumable" && row.state !== "failed" ? ` at statement ${plan.firstStatement}` : ""}`;
  const mark = changeOne(markStatement(context, row, plan.mark), LOCK_BUSY);
  try {
    await recordLogged(context, [mark, log(context, row, marked)]);
  } catch (error) {
    if (!(error instanceof PostgresError)) throw error;
    await rollBack(context.connection);
    throw error.sqlState === LOCK_BUSY ? changedMeanwhile() : error;
  }
}

function markStatement({ table }: RunContext, row: HistoryRow, mark: RepairMark): string {
  const history = quoteTable(table);
  const where = `WHERE version_id = ${row.version} AND is_dirty AND state = '${row.state}' AND statements_done = ${row.statementsDone}`;
  // A transactional Up that failed left nothing behind: without its row the version is simply pending.
  if (mark === "rolled-back" || (mark === "resumable" && row.state === "failed")) {
    return `DELETE FROM ${history} ${where}`;
  }
  return mark === "applied"
    ? `UPDATE ${history} SET is_dirty = false, state = 'applied', direction = 'up', error = NULL,
  statements_done = statements, "timestamp" = pg_catalog.clock_timestamp() ${where}`
    : `UPDATE ${history} SET state = 'resumable' ${where}`;
}

function log(context: RunContext, row: HistoryRow, note: string): string {
  const { version, name, direction, checksum } = row;
  const event = { event: "repaired", version, name, direction, note, ...(checksum !== undefined && { checksum }) };
  return logEvent(context.table, event as Parameters<typeof logEvent>[1], context.writer);
}
