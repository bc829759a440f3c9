import type { Migration } from "../files/migration.ts";
import type { HistoryRow } from "../history/history.ts";
import type { StatusState, VersionStatus } from "./plan.ts";

/** Lays files and history side by side, one entry a version, by ascending version. */
export function compareVersions(
  migrations: readonly Migration[],
  rows: readonly HistoryRow[],
): readonly VersionStatus[] {
  const files = new Map(migrations.map((migration) => [migration.version, migration]));
  const known = new Map(rows.map((row) => [row.version, row]));
  const newest = newestApplied(rows);
  const versions = [...new Set([...files.keys(), ...known.keys()])].sort(compareBigints);
  return versions.map((version) => {
    const migration = files.get(version);
    const row = known.get(version);
    return {
      version,
      name: migration?.name ?? row?.name ?? "",
      state: stateOf(migration, row, version < newest),
      changed: isChanged(migration, row),
      row,
      migration,
    };
  });
}

/** The newest applied version; 0 where nothing is applied. */
export function newestApplied(rows: readonly HistoryRow[]): bigint {
  return rows.reduce((newest, row) => (!row.dirty && row.version > newest ? row.version : newest), 0n);
}

function stateOf(migration: Migration | undefined, row: HistoryRow | undefined, old: boolean): StatusState {
  if (row === undefined) return old ? "missing" : "pending";
  if (row.state === "failed") return "failed";
  if (row.dirty) return "dirty";
  // What was adopted without a text never had a file that gander could know.
  return migration === undefined && row.checksum !== undefined ? "unknown" : "applied";
}

function isChanged(migration: Migration | undefined, row: HistoryRow | undefined): boolean {
  if (migration === undefined || row?.checksum === undefined || row.state === "failed") return false;
  return migration.checksum !== row.checksum;
}

/** Order of bigints, for sorting. */
export function compareBigints(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
