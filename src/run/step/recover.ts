import type { Migration } from "../../files/migration.ts";
import type { HistoryRow } from "../../history/history.ts";
import { isAlive } from "../lock/alive.ts";
import { checkResumable } from "../repair/ran-text.ts";
import { canBeResumed } from "./resume-statement.ts";
import type { RunContext } from "../session/run-context.ts";

/**
 * Looks at versions whose runner has not finished: where its session is provably gone and it is certain what was done, the
 * row comes back as resumable. What `repair` marked so is held against its file. The run lock must be held.
 *
 * @throws HistoryError where what has run of a resumable version is not what its file says now
 */
export async function recoverCrashed(
  context: RunContext,
  migrations: readonly Migration[],
  rows: readonly HistoryRow[],
): Promise<readonly HistoryRow[]> {
  const recovered: HistoryRow[] = [];
  for (const row of rows) {
    const goesOn = row.state === "running" && isCertain(row, migrations) && !(await isAlive(context.connection, row));
    recovered.push(goesOn ? { ...row, state: "resumable" } : row);
  }
  await checkResumable(context, migrations, recovered);
  return recovered;
}

function isCertain(row: HistoryRow, migrations: readonly Migration[]): boolean {
  const migration = migrations.find(({ version }) => version === row.version);
  if (migration === undefined || migration.transaction || migration.checksum !== row.checksum) return false;
  const statement = migration[row.direction]?.[row.statementsDone];
  return statement === undefined || canBeResumed(statement.sql);
}
