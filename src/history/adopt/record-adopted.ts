import { quoteLiteral, quoteNullable } from "../../database/quote.ts";
import { fingerprintText } from "../../files/fingerprint.ts";
import type { Migration } from "../../files/migration.ts";
import type { HistoryTable } from "../history.ts";
import { logEvent } from "../log-event.ts";
import { quoteTable } from "../table-name.ts";
import { NOW, type Writer } from "../writer.ts";
import type { Adoption } from "./adoption.ts";
import type { ToolTable } from "./tool.ts";

/** A version that counts as applied without having been run by gander. */
export interface TakenOver {
  readonly version: bigint;
  readonly name: string;
  /** ISO 8601; now where it is not known. */
  readonly appliedAt: string | undefined;
  readonly migration: Migration | undefined;
  readonly source: string;
}

/**
 * The statements that note versions as applied, in this order after those that are there, each with an event in the log. A
 * try of gander's own that failed leaves the place.
 */
export function recordTakenOver(
  table: HistoryTable,
  versions: readonly TakenOver[],
  event: "adopted" | "baselined",
  note: string,
  writer: Writer,
): readonly string[] {
  return versions.flatMap((one) => [
    `DELETE FROM ${quoteTable(table)} WHERE version_id OPERATOR(pg_catalog.=) ${one.version} AND is_dirty AND state OPERATOR(pg_catalog.=) 'failed'`,
    insertRow(table, one),
    logTakenOver(table, one, event, note, writer),
  ]);
}

function insertRow(table: HistoryTable, { version, name, appliedAt, migration, source }: TakenOver): string {
  const statements = migration?.up.length ?? 0;
  const fingerprint = migration === undefined ? "NULL" : String(fingerprintText(version, migration.text));
  return `INSERT INTO ${quoteTable(table)} (version_id, is_dirty, "timestamp", name, checksum, sequence, state, direction,
  statements, statements_done, migration_text, text_fingerprint, source)
SELECT ${version}, false, ${appliedAt === undefined ? NOW : `${quoteLiteral(appliedAt)}::timestamptz`}, ${quoteLiteral(name)}, ${quoteNullable(migration?.checksum)},
  (SELECT coalesce(pg_catalog.max(sequence), 0) OPERATOR(pg_catalog.+) 1 FROM ${quoteTable(table)}), 'applied', 'up',
  ${statements}, ${statements}, ${quoteNullable(migration?.text)}, ${fingerprint}, ${quoteLiteral(source)}`;
}

function logTakenOver(
  table: HistoryTable,
  { version, name, migration }: TakenOver,
  event: "adopted" | "baselined",
  note: string,
  writer: Writer,
): string {
  const checksum = migration?.checksum;
  return logEvent(table, { event, version, name, note, ...(checksum !== undefined && { checksum }) }, writer);
}

/** The statements that note all of an adoption, the state of the other tool's table among it. */
export function recordAdopted(
  table: HistoryTable,
  { tool, from, versions, undone, shared }: Adoption,
  { schema, name }: ToolTable,
  digest: string,
  writer: Writer,
): readonly string[] {
  return [
    ...recordUndone(table, undone, `rolled back by ${tool} (${from})`, writer),
    ...recordTakenOver(table, versions, "adopted", `from ${tool} (${from})`, writer),
    recordAdoptedState(table, { tool, schema, name, digest, shared: shared.map(String) }, writer),
  ];
}

/** The statements that take versions out which the other tool has rolled back. */
function recordUndone(
  table: HistoryTable,
  versions: readonly { readonly version: bigint; readonly name: string }[],
  note: string,
  writer: Writer,
): readonly string[] {
  return versions.flatMap(({ version, name }) => [
    `DELETE FROM ${quoteTable(table)} WHERE version_id OPERATOR(pg_catalog.=) ${version} AND (NOT is_dirty)`,
    logEvent(table, { event: "adopted", version, name, direction: "down", note }, writer),
  ]);
}

/** What the log keeps of the other tool's table, so that later changes in it are noticed. */
export interface AdoptedState {
  readonly tool: string;
  readonly schema: string;
  readonly name: string;
  readonly digest: string;
  /** Versions that the tool's table had and that were not adopted from it: written into it, or applied by both. */
  readonly shared: readonly string[];
}

/** Notes in which state the other tool's table was taken over. */
export function recordAdoptedState(table: HistoryTable, state: AdoptedState, writer: Writer): string {
  return logEvent(table, { event: "adopted", note: JSON.stringify(state) }, writer);
}
