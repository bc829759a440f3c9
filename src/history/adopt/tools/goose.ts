import { quoteTable } from "../../table-name.ts";
import type { AppliedByTool, Tool, ToolRow } from "../tool.ts";

/** crc32 of "goose": the lock that its Provider takes where it is told to. */
const SESSION_LOCK = 4_097_083_626n;

/**
 * goose: one row an application; of several rows of a version the newest by id says whether it is applied, and a version 0
 * says that the table was made. Local times without a zone; tables made before 3.22 may lack them.
 */
export const goose: Tool = {
  name: "goose",
  times: "local",
  code: false,
  rowsSql: (table) =>
    `SELECT version_id::text AS key, tstamp::timestamptz AS "appliedAt", is_applied AS "isApplied" FROM ${quoteTable(table)} ORDER BY id`,
  advisoryLocks: () => [SESSION_LOCK],
  interpret: interpretRows,
};

function interpretRows(rows: readonly ToolRow[]): AppliedByTool {
  const deciding = new Map<string, ToolRow>();
  let repeated = 0;
  for (const row of rows) {
    // The row that decides has its place in the order, too.
    if (deciding.delete(row.key)) repeated++;
    deciding.set(row.key, row);
  }
  const versions = [...deciding.values()].filter(({ key }) => BigInt(key) > 0n);
  const applied = versions.filter(({ isApplied }) => isApplied === true);
  const remarks: string[] = [];
  if (repeated > 0)
    remarks.push(
      `${repeated} older ${repeated === 1 ? "row" : "rows"} of versions that have several: the newest one counts`,
    );
  const undone = versions.length - applied.length;
  if (undone > 0)
    remarks.push(
      `${undone} ${undone === 1 ? "version is" : "versions are"} marked as rolled back (is_applied is false): not applied`,
    );
  return { applied: applied.map(({ key, appliedAt }) => ({ key, appliedAt: appliedAt ?? undefined })), remarks };
}
