import type { Migration } from "../../files/migration.ts";
import type { HistoryRow } from "../../history/history.ts";
import type { DatabaseState } from "../../history/read-state.ts";
import { waysOut } from "../../plan/dirty-error.ts";
import { MigrationFailedError } from "../migration-failed-error.ts";

/**
 * The failure that another gander has met while this one waited for it, with the very same file: it is reported and not
 * tried again, so that twenty servers do not run a bad migration twenty times. `before` are the rows before it waited.
 */
export function failedElsewhere(
  migrations: readonly Migration[],
  state: DatabaseState,
  before: readonly HistoryRow[],
): MigrationFailedError | undefined {
  for (const row of state.rows ?? []) {
    if (row.state !== "failed" && row.state !== "stopped") continue;
    const migration = migrations.find(({ version }) => version === row.version);
    if (migration === undefined || migration.checksum !== row.checksum) continue;
    const earlier = before.find(({ version }) => version === row.version);
    if (earlier?.timestamp.getTime() === row.timestamp.getTime()) continue;
    const { error, direction, name, version } = row;
    const place = error?.line === undefined ? migration.path : `${migration.path}:${error.line}:${error.column ?? 1}`;
    return new MigrationFailedError(
      `${place}: ${error?.message} [${error?.sqlState}]`,
      {
        direction,
        version,
        file: name,
        path: migration.path,
        line: error?.line,
        column: error?.column,
        statement: undefined,
        statementNumber: row.state === "stopped" ? row.statementsDone + 1 : undefined,
        statements: row.statements,
        excerpt: undefined,
        sqlState: error?.sqlState ?? "",
        serverMessage: error?.message ?? "",
        detail: error?.detail,
        serverHint: error?.hint,
        where: undefined,
        applied: [],
        state: `It failed in another process (${row.runner?.processId} on ${row.runner?.host}) while this one waited; it was not tried again here.`,
      },
      { hint: whatToDo(row, state) },
    );
  }
  return undefined;
}

function whatToDo(row: HistoryRow, { table }: DatabaseState): string {
  if (row.state === "failed" || table === undefined) return "Mend the file and start again.";
  return waysOut(row, table).join("\n");
}
