import type { Connection } from "../database/connection.ts";
import type { Migration } from "../files/migration.ts";
import { describeStatements } from "../files/statement-kind.ts";
import type { HistoryRow } from "../history/history.ts";
import { isAlive } from "./alive.ts";
import { isAlone } from "./resume-statement.ts";

/**
 * Looks at versions whose runner has not finished: where its session is provably gone and it is certain what was done, the
 * row comes back as resumable. Progress is written together with its statement; of those that run alone, the catalog tells
 * about indexes, and VACUUM does no harm twice. The run lock must be held.
 */
export async function recoverCrashed(
  connection: Connection,
  migrations: readonly Migration[],
  rows: readonly HistoryRow[],
): Promise<readonly HistoryRow[]> {
  const recovered: HistoryRow[] = [];
  for (const row of rows) {
    const goesOn = row.state === "running" && isCertain(row, migrations) && !(await isAlive(connection, row));
    recovered.push(goesOn ? { ...row, state: "resumable" } : row);
  }
  return recovered;
}

function isCertain(row: HistoryRow, migrations: readonly Migration[]): boolean {
  const migration = migrations.find(({ version }) => version === row.version);
  if (migration === undefined || migration.transaction || migration.checksum !== row.checksum) return false;
  const statement = migration[row.direction]?.[row.statementsDone];
  if (statement === undefined) return true;
  const facts = describeStatements(statement.sql);
  if (!isAlone(facts)) return facts.every(({ transactionControl }) => transactionControl === undefined);
  const { index, outsideTransaction } = facts[0] ?? {};
  return (
    outsideTransaction === "VACUUM" || (index !== undefined && index.action !== "reindex" && index.name !== undefined)
  );
}
