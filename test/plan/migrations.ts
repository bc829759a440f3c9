import { parseMigration } from "../../src/files/parse-migration.ts";
import type { Migration } from "../../src/files/migration.ts";
import type { History, HistoryRow } from "../../src/history/history.ts";
import type { Policies } from "../../src/plan/plan.ts";

export const STRICT: Policies = { missing: "error", unknownVersions: "allow", changedFiles: "error" };

/** A migration file with a version; `head` stands before its Up, `down` is its Down section. */
export function file(
  version: bigint | number,
  { up = `SELECT ${version};`, down = "SELECT 0;", head = "" } = {},
): Migration {
  const name = `${version}_m.sql`;
  const text = `${head}-- +goose Up\n${up}\n${down === "none" ? "" : `-- +goose Down\n${down}\n`}`;
  return parseMigration({ name, path: `migrations/${name}`, text });
}

/** A row of the history, applied in the order of `sequence`. */
export function row(version: bigint | number, more: Partial<HistoryRow> = {}): HistoryRow {
  const migration = file(version);
  return {
    version: BigInt(version),
    dirty: more.state !== undefined && more.state !== "applied",
    timestamp: new Date("2025-01-01T00:00:00Z"),
    name: migration.name,
    checksum: migration.checksum,
    sequence: BigInt(version),
    state: "applied",
    direction: "up",
    durationMs: 1,
    statements: 1,
    statementsDone: 1,
    error: undefined,
    runner: undefined,
    leaseUntil: undefined,
    source: "gander",
    ...more,
  };
}

export function history(...rows: readonly HistoryRow[]): History {
  return { table: { schema: "public", name: "schema_migrations" }, exists: true, rows };
}
