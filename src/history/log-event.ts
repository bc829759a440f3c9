import { quoteLiteral, quoteNullable } from "../database/quote.ts";
import type { Migration } from "../files/migration.ts";
import { GANDER_VERSION } from "../version.ts";
import type { HistoryTable, RecordedError } from "./history.ts";
import { quoteLogTable } from "./table-name.ts";
import { ME, NOW, type Writer } from "./writer.ts";

/** What the log tells of one event. */
export interface LogEvent {
  readonly event: "applied" | "rolled back" | "failed" | "repaired" | "accepted" | "upgraded";
  /** Absent where it is about the tables themselves. */
  readonly version?: bigint;
  readonly name?: string;
  readonly direction?: "up" | "down";
  readonly statements?: number;
  readonly checksum?: string;
  readonly durationSql?: string;
  readonly error?: RecordedError;
  readonly note?: string | undefined;
}

/** The event that a migration ran, or failed. */
export function eventOf(migration: Migration, direction: "up" | "down", event: LogEvent["event"]): LogEvent {
  const { version, name, checksum } = migration;
  return { event, version, name, direction, checksum, statements: (migration[direction] ?? []).length };
}

/** The statement that appends an event to the log. */
export function logEvent(table: HistoryTable, event: LogEvent, writer: Writer): string {
  const log = quoteLogTable(table);
  const error = event.error === undefined ? "NULL" : `${quoteLiteral(JSON.stringify(event.error))}::jsonb`;
  return `INSERT INTO ${log} (id, event, version_id, name, "timestamp", direction, duration_ms, statements, checksum,
  error, note, database_user, application_name, runner_host, runner_pid, backend_pid, gander_version, run_id)
SELECT (SELECT coalesce(pg_catalog.max(id), 0) OPERATOR(pg_catalog.+) 1 FROM ${log}), ${quoteLiteral(event.event)},
  ${event.version ?? "NULL"}, ${quoteNullable(event.name)}, ${NOW}, ${quoteNullable(event.direction)}, ${event.durationSql ?? "NULL"},
  ${event.statements ?? "NULL"}, ${quoteNullable(event.checksum)}, ${error}, ${quoteNullable(event.note)}, session_user,
  pg_catalog.current_setting('application_name'), ${quoteLiteral(writer.host)}, ${writer.processId}, ${ME},
  ${quoteLiteral(GANDER_VERSION)}, ${quoteLiteral(writer.runId)}`;
}
