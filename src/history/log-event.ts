import { quoteLiteral, quoteNullable } from "../database/quote.ts";
import type { Migration } from "../files/migration.ts";
import { GANDER_VERSION } from "../version.ts";
import type { HistoryTable, RecordedError } from "./history.ts";
import { LAYOUT } from "./layout.ts";
import { hashSql } from "./log-chain.ts";
import { quoteLogTable } from "./table-name.ts";
import { ME, NOW, type Writer } from "./writer.ts";

/** What the log tells of one event. */
export interface LogEvent {
  readonly event: "applied" | "rolled back" | "failed" | "repaired" | "accepted" | "upgraded" | "adopted" | "baselined";
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

const COLUMNS = `id, event, version_id, name, "timestamp", direction, duration_ms, statements, checksum, error, note,
  database_user, application_name, runner_host, runner_pid, backend_pid, gander_version, run_id, deployment, layout, previous_hash`;

/** The statement that appends an event to the log, after the newest one; of two at once the primary key refuses one. */
export function logEvent(table: HistoryTable, event: LogEvent, writer: Writer): string {
  const log = quoteLogTable(table);
  const error = event.error === undefined ? "NULL" : quoteLiteral(JSON.stringify(event.error));
  return `INSERT INTO ${log} (${COLUMNS}, hash)
SELECT e.*, ${hashSql("e")}
FROM (SELECT coalesce(l.id, 0) OPERATOR(pg_catalog.+) 1 AS id, ${quoteLiteral(event.event)} AS event, ${event.version ?? "NULL"}::bigint AS version_id,
  ${quoteNullable(event.name)} AS name, ${NOW} AS "timestamp", ${quoteNullable(event.direction)} AS direction,
  ${event.durationSql ?? "NULL"}::bigint AS duration_ms, ${event.statements ?? "NULL"}::integer AS statements, ${quoteNullable(event.checksum)} AS checksum,
  ${error}::pg_catalog.jsonb AS error, ${quoteNullable(event.note)} AS note, session_user::pg_catalog.text AS database_user,
  ${writer.applicationName === undefined ? "pg_catalog.current_setting('application_name')" : quoteLiteral(writer.applicationName)} AS application_name, ${quoteLiteral(writer.host)} AS runner_host,
  ${writer.processId} AS runner_pid, ${ME} AS backend_pid, ${quoteLiteral(GANDER_VERSION)} AS gander_version,
  ${quoteLiteral(writer.runId)} AS run_id, ${quoteNullable(writer.deployment)} AS deployment, ${LAYOUT} AS layout, l.hash AS previous_hash
  FROM (SELECT) AS one LEFT JOIN (SELECT id, hash FROM ${log} ORDER BY id DESC LIMIT 1) AS l ON true OFFSET 0) AS e`;
}
