import { HistoryError } from "../errors.ts";
import type { HistoryRow } from "../history/history.ts";
import type { VersionStatus } from "./plan.ts";

/** The refusal to go on over versions that stopped half way, with what is known and the commands that get out. */
export function dirtyError(dirty: readonly VersionStatus[]): HistoryError {
  const rows = dirty.flatMap(({ row }) => (row === undefined ? [] : [row]));
  return new HistoryError("GANDER_HISTORY_DIRTY", rows.map(describeDirty).join("\n"), {
    hint: rows
      .flatMap(({ version, state }) => (state === "newer" ? ["Use the newer version of pg-gander."] : waysOut(version)))
      .join("\n"),
    versions: rows.map(({ version }) => version),
  });
}

/** What is known of a version that stopped half way, in a few lines. */
function describeDirty(row: HistoryRow): string {
  if (row.state === "newer") return `${row.name} is in a state that a newer gander wrote and this one does not know`;
  const verb = row.direction === "up" ? "being applied" : "being rolled back";
  const by = row.runner === undefined ? "" : ` by process ${row.runner.processId} on ${row.runner.host}`;
  const began =
    row.state === "running"
      ? `${row.name} was ${verb} outside a transaction${by} (since ${row.timestamp.toISOString()}) and has not finished`
      : `${row.name} stopped half way while ${verb} outside a transaction (${row.timestamp.toISOString()})`;
  const done = `${doneText(row)}${row.error === undefined ? "" : `; statement ${row.statementsDone + 1} failed: ${errorText(row)}`}`;
  return `${began}: ${done}`;
}

/** The commands that get a dirty version out, one a line. */
export function waysOut(version: bigint): readonly string[] {
  return [
    "gander looks into the catalog, cleans up what is half made, and says what it will do, with:",
    `  gander repair ${version}                     then gander up goes on at the statement that failed (mend the file first)`,
    `  gander repair ${version} --mark-applied      if you finished the rest by hand`,
    `  gander repair ${version} --mark-rolled-back  if you undid by hand what ran`,
  ];
}

function doneText({ statementsDone: done, statements }: HistoryRow): string {
  if (done === 0) return `none of its ${statements} statements is known to be done`;
  if (done === 1) return `statement 1 of ${statements} is done`;
  return `statements 1 to ${done} of ${statements} are done`;
}

function errorText(row: HistoryRow): string {
  const place = row.error?.line === undefined ? "" : ` (${row.name}:${row.error.line}:${row.error.column ?? 1})`;
  const code = row.error?.sqlState === undefined ? "" : ` [${row.error.sqlState}]`;
  return `${row.error?.message}${code}${place}`;
}
