import type { Status } from "../migrator.ts";
import type { VersionStatus } from "../plan/plan.ts";
import type { JsonFields } from "./json-document.ts";

/** The status as fields of a JSON document. */
export function statusJson(status: Status): JsonFields {
  const waiting = status.versions.filter(
    ({ state }) => state === "pending" || state === "missing" || state === "failed",
  );
  return {
    table: status.table,
    historyExists: status.historyExists,
    version: status.version,
    pending: waiting.length,
    dirty: status.versions.filter(({ row }) => row?.dirty === true).length,
    versions: status.versions.map(versionJson),
    warnings: status.warnings.map(({ kind, message }) => ({ kind, message })),
  };
}

function versionJson(status: VersionStatus): JsonFields {
  const { row } = status;
  return {
    version: status.version,
    name: status.name,
    state: status.state,
    changed: status.changed,
    path: status.migration?.path ?? null,
    dirty: row?.dirty ?? false,
    timestamp: row?.timestamp.toISOString() ?? null,
    durationMs: row?.durationMs ?? null,
    source: row?.source ?? null,
    ...(row?.dirty === true && {
      direction: row.direction,
      historyState: row.state,
      statements: row.statements,
      statementsDone: row.statementsDone,
      error: row.error === undefined ? null : { ...row.error },
    }),
  };
}
