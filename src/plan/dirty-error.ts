import { HistoryError } from "../errors.ts";
import type { StatementChange } from "../files/compare-statements.ts";
import type { HistoryRow, HistoryTable } from "../history/history.ts";
import { DEFAULT_TABLE, describeTable, quoteTable } from "../history/table-name.ts";
import type { VersionStatus } from "./plan.ts";

/** The refusal to go on over versions that stopped half way, with what is known and the commands that get out. */
export function dirtyError(dirty: readonly VersionStatus[], table: HistoryTable): HistoryError {
  const rows = dirty.flatMap(({ row }) => (row === undefined ? [] : [row]));
  return new HistoryError("GANDER_HISTORY_DIRTY", rows.map(describeDirty).join("\n"), {
    hint: rows
      .flatMap((row) => (row.state === "newer" ? ["Use the newer version of pg-gander."] : waysOut(row, table)))
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

/**
 * The refusal to go on with a version at the statement that failed, where what has run of it is not what its file says now;
 * `changes` is undefined where it is not known what ran.
 */
export function changedError(
  row: HistoryRow,
  changes: readonly StatementChange[] | undefined,
  table: HistoryTable,
): HistoryError {
  const what =
    changes === undefined
      ? "the history has no text of what ran"
      : `what has run is not what the file says now: ${changes.map((change) => changeText(change)).join(", ")}`;
  return new HistoryError(
    "GANDER_HISTORY_DIRTY",
    `${row.name} cannot go on at statement ${row.statementsDone + 1}: ${what}`,
    {
      hint: [
        ...(row.direction === "up" || changes === undefined
          ? []
          : [
              "The rollback goes on with the text that ran, which the history keeps:",
              `  gander down${tableOption(table)}`,
            ]),
        "Put the statements that have run back into the file as they were (those after them may change); the history has the text:",
        `  SELECT migration_text FROM ${quoteTable(table)} WHERE version_id = ${row.version};`,
        "Or say what you did by hand:",
        ...marks(row, table),
      ].join("\n"),
      versions: [row.version],
    },
  );
}

function changeText({ change, statement }: StatementChange): string {
  if (change === "inserted") return `statement ${statement} of the file was inserted`;
  return `statement ${statement} that ran was ${change}`;
}

/** The commands that get a dirty version out, one a line, each as it can be typed. */
export function waysOut(row: Pick<HistoryRow, "version" | "direction">, table: HistoryTable): readonly string[] {
  const { version, direction } = row;
  const option = tableOption(table);
  const width = `gander repair ${version}${option} --mark-rolled-back`.length;
  const goOn = direction === "up" ? `gander up${option}` : `gander down${option}`;
  return [
    "If need be mend the file from the failed statement on, or the data; then:",
    `  ${`gander repair ${version}${option}`.padEnd(width)}  # looks into the catalog, cleans up what is half made; asks first`,
    `  ${goOn.padEnd(width)}  # goes on at the statement that failed`,
    "Or, instead of going on, say what you did by hand:",
    ...marks(row, table),
  ];
}

function marks(
  { version, direction }: Pick<HistoryRow, "version" | "direction">,
  table: HistoryTable,
): readonly string[] {
  const command = `  gander repair ${version}${tableOption(table)}`;
  const [applied, rolledBack] =
    direction === "up"
      ? ["you finished the rest by hand", "you undid by hand what ran"]
      : ["you restored by hand what it undid", "you finished the rollback by hand"];
  return [`${command} --mark-applied      # if ${applied}`, `${command} --mark-rolled-back  # if ${rolledBack}`];
}

/** Names the history where the command line would not find it by itself. */
function tableOption(table: HistoryTable): string {
  if (table.name === DEFAULT_TABLE.name && table.schema === "public") return "";
  const name = describeTable(table);
  return ` --table ${/^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*$/.test(name) ? name : `'${quoteTable(table).replaceAll("'", "'\\''")}'`}`;
}

function doneText({ statementsDone: done, statements }: HistoryRow): string {
  if (done === 0) return `none of its ${statements} statements is known to be done`;
  if (done === 1) return `statement 1 of ${statements} is done`;
  return `statements 1 to ${done} of ${statements} are done`;
}

function errorText(row: HistoryRow): string {
  const place = row.error?.line === undefined ? "" : ` (${row.name}:${row.error.line}:${row.error.column ?? 1})`;
  const code = row.error?.sqlState === undefined ? "" : ` [${row.error.sqlState}]`;
  const detail = row.error?.detail === undefined ? "" : `: ${row.error.detail}`;
  return `${row.error?.message}${code}${detail}${place}`;
}
