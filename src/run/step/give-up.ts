import { quoteLiteral } from "../../database/quote.ts";
import type { RecordedError } from "../../history/history.ts";
import { logEvent } from "../../history/log-event.ts";
import { recordStopped } from "../../history/record.ts";
import { quoteTable } from "../../history/table-name.ts";
import { waysOut } from "../../plan/dirty-error.ts";
import type { PlanStep } from "../../plan/plan.ts";
import type { FailedTry } from "./retries.ts";
import type { RunContext } from "../session/run-context.ts";
import { stepFacts } from "./send-batch.ts";
import { tryToRecord } from "./try-to-record.ts";

/**
 * Notes that a migration did not get its locks: everything that the statement did was rolled back, so that the next run can
 * go on as if this one had not been there. Says so in a sentence.
 */
export async function recordGivenUp(context: RunContext, failed: FailedTry, why: string): Promise<string> {
  const { step, number, total, error, statement } = failed;
  const { place } = statement ?? {};
  const recorded: RecordedError = {
    message: why,
    sqlState: error.sqlState,
    ...(place !== undefined && { line: place.line, column: place.column }),
  };
  const { records, state } = outcomeOf(context, failed, recorded);
  const notNoted = await tryToRecord(context, records);
  context.emit({ type: "step-failed", ...stepFacts(step, number, total), message: why });
  return notNoted === undefined ? state : `${state} (The history could not be written: ${notNoted}.)`;
}

interface Outcome {
  readonly records: readonly string[];
  readonly state: string;
}

function outcomeOf(context: RunContext, { step, statementIndex = 0 }: FailedTry, error: RecordedError): Outcome {
  const { table, writer } = context;
  const { migration, direction, row } = step;
  const { version, name, checksum, transaction } = migration;
  const statements = (migration[direction] ?? []).length;
  const log = logEvent(table, { event: "failed", version, name, direction, checksum, statements, error }, writer);
  if (transaction) return { records: [log], state: nothingLeft(step) };
  const where = `WHERE version_id = ${version} AND is_dirty AND state = 'running'`;
  if (statementIndex === 0 && row?.state !== "resumable") {
    const change =
      direction === "up" ? `DELETE FROM ${quoteTable(table)} ${where}` : `${putBack(context, step)} ${where}`;
    return { records: [change, log], state: nothingLeft(step) };
  }
  const number = statementIndex + 1;
  if (direction === "down") {
    return {
      records: recordStopped(table, migration, direction, statementIndex, error, writer),
      state: `${name} is rolled back half way: statement ${number} was rolled back itself. It is marked dirty. ${waysOut({ version, direction }, table).join("\n")}`,
    };
  }
  const change = `UPDATE ${quoteTable(table)} SET state = 'resumable', "timestamp" = pg_catalog.clock_timestamp(),
  statements_done = ${statementIndex}, error = ${quoteLiteral(JSON.stringify(error))}::jsonb ${where}`;
  return {
    records: [change, log],
    state: `The statements before are kept, statement ${number} was rolled back; the next gander up goes on with it.`,
  };
}

function nothingLeft({ migration, direction }: PlanStep): string {
  return direction === "up"
    ? `Everything of ${migration.name} was rolled back; the next gander up tries it again.`
    : `Nothing of ${migration.name} was rolled back; it is as applied as before.`;
}

/** Nothing of a Down was done: its row is what it was before it was claimed. */
function putBack(context: RunContext, { row, migration }: PlanStep): string {
  const { timestamp, statements, statementsDone } = row ?? {};
  return `UPDATE ${quoteTable(context.table)} SET is_dirty = false, state = 'applied', direction = 'up', error = NULL,
  statements = ${statements ?? migration.up.length}, statements_done = ${statementsDone ?? migration.up.length}${
    timestamp === undefined ? "" : `, "timestamp" = ${quoteLiteral(timestamp.toISOString())}::timestamptz`
  }`;
}
