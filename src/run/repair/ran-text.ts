import { type Comparison, compareStatements } from "../../files/compare-statements.ts";
import type { Migration } from "../../files/migration.ts";
import { inspectMigration } from "../../files/parse-migration.ts";
import type { HistoryRow } from "../../history/history.ts";
import { quoteTable } from "../../history/table-name.ts";
import { changedError } from "../../plan/dirty-error.ts";
import type { RunContext } from "../session/run-context.ts";

/** The migration as it ran, from the text that the history keeps; undefined where it has none that can be read. */
export async function readRan(context: RunContext, row: HistoryRow): Promise<Migration | undefined> {
  const [result] = await context.connection.send(
    `SELECT migration_text FROM ${quoteTable(context.table)} WHERE version_id = ${row.version}`,
  );
  const text = result?.rows[0]?.[0];
  if (typeof text !== "string") return undefined;
  // Only the text before substitution is held against the file's.
  return inspectMigration({ name: row.name, path: row.name, text, env: {}, allowUnsetEnv: true }).migration;
}

/** Holds what has run of a version against its file now; undefined where it is not known what ran. */
export function compareWithFile(
  row: HistoryRow,
  ran: Migration | undefined,
  migration: Migration,
): Comparison | undefined {
  if (migration.checksum === row.checksum) return { ran: [], restChanged: false };
  const before = ran?.[row.direction];
  if (row.statementsDone > 0 && before === undefined) return undefined;
  return compareStatements(before ?? [], migration[row.direction] ?? [], row.statementsDone);
}

/**
 * Leaves out of the texts that the history keeps those of rollbacks that stopped half way and whose file can be gone on with:
 * what has run of its Down is the same, and what comes after it may have been mended.
 */
export function withoutMended(
  kept: ReadonlyMap<bigint, Migration>,
  rows: readonly HistoryRow[],
  migrations: readonly Migration[],
): ReadonlyMap<bigint, Migration> {
  const files = new Map(migrations.map((migration) => [migration.version, migration]));
  const mended = new Set(
    rows
      .filter((row) => {
        const file = files.get(row.version);
        if (row.state !== "resumable" || row.direction !== "down" || file?.down === undefined) return false;
        return compareWithFile(row, kept.get(row.version), file)?.ran.length === 0;
      })
      .map(({ version }) => version),
  );
  return new Map([...kept].filter(([version]) => !mended.has(version)));
}

/**
 * Makes sure that versions which are to be gone on with can be: what has run of them is what their files say now.
 *
 * @throws HistoryError that says which statements differ
 */
export async function checkResumable(
  context: RunContext,
  migrations: readonly Migration[],
  rows: readonly HistoryRow[],
): Promise<void> {
  for (const row of rows) {
    const migration = migrations.find(({ version }) => version === row.version);
    if (row.state !== "resumable" || migration === undefined || migration.checksum === row.checksum) continue;
    const comparison = compareWithFile(row, await readRan(context, row), migration);
    if (comparison === undefined || comparison.ran.length > 0) throw changedError(row, comparison?.ran, context.table);
  }
}
