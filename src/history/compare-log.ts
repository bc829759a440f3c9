import type { Connection } from "../database/connection.ts";
import type { LogFinding } from "./check-chain.ts";
import { DIRTY_SQL } from "./digest.ts";
import type { HistoryTable } from "./history.ts";
import { askLog, parseEntry } from "./read-log.ts";
import { quoteLogTable, quoteTable } from "./table-name.ts";

/** The event that says last whether a version is there, and whether it says so. */
const DECISIVE = `event IN ('applied', 'rolled back', 'adopted', 'baselined')
    OR (event = 'repaired' AND note IN ('marked applied', 'marked rolled-back'))`;
const SAYS_APPLIED = `d.event IN ('applied', 'baselined') OR d.note = 'marked applied'
    OR (d.event = 'adopted' AND coalesce(d.direction, 'up') = 'up')`;

/**
 * Holds the history against its log, in one statement: each version that is applied has an event that says so, and each
 * that the log says is applied has a row. A row that was written or deleted by hand has not.
 */
export async function compareLog(
  connection: Connection,
  table: HistoryTable,
  role: string | undefined,
): Promise<readonly LogFinding[]> {
  const rows = await askLog(
    connection,
    table,
    `WITH d AS (SELECT DISTINCT ON (version_id) * FROM ${quoteLogTable(table)} WHERE version_id IS NOT NULL AND (${DECISIVE})
  ORDER BY version_id, id DESC)
SELECT pg_catalog.to_jsonb(d), d.id, d.version_id, pg_catalog.to_json(d."timestamp") #>> '{}', h.version_id, h.name, h.dirty
FROM (SELECT version_id, name, ${DIRTY_SQL} AS dirty FROM ${quoteTable(table)}) h FULL JOIN d ON d.version_id = h.version_id
WHERE (h.version_id IS NULL) = coalesce(${SAYS_APPLIED}, false)
ORDER BY coalesce(h.version_id, d.version_id)`,
    role,
  );
  return rows
    .filter((row) => row[6] !== "t")
    .map((row): LogFinding => {
      const entry = row[1] === null ? undefined : parseEntry(row);
      const version = BigInt(row[4] ?? row[2] ?? 0);
      const name = row[5] ?? entry?.name ?? String(version);
      return { kind: row[4] === null ? "unlisted" : "unlogged", id: entry?.id ?? 0n, entry, version, name };
    });
}
