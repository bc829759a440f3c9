import type { AppliedByTool, ToolRow } from "./tool.ts";

/** For tools whose rows are what is applied, and nothing else; of several rows of a migration the first counts. */
export function appliedRows(rows: readonly ToolRow[]): AppliedByTool {
  const seen = new Map<string, ToolRow>();
  for (const row of rows) if (!seen.has(row.key)) seen.set(row.key, row);
  const repeated = rows.length - seen.size;
  return {
    applied: [...seen.values()].map(({ key, appliedAt, checksum }) => ({
      key,
      appliedAt: appliedAt ?? undefined,
      ...(typeof checksum === "string" && { checksum }),
    })),
    remarks: repeated > 0 ? [`${repeated} rows of migrations that have several: the first one counts`] : [],
  };
}
