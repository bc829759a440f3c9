import type { Connection, Result } from "../database/connection.ts";
import { PostgresError } from "../database/postgres-error.ts";
import { quoteLiteral } from "../database/quote.ts";
import { ConfigError, HistoryError } from "../errors.ts";
import type { HistoryTable, RecordedError } from "./history.ts";
import { describeTable, quoteLogTable } from "./table-name.ts";

/** One event of the log: what was done to which version, when, by whom, from where, and what came of it. */
export interface LogEntry {
  /** Counts the events of a history, from 1. */
  readonly id: bigint;
  /** `applied`, `rolled back`, `failed`, `repaired`, `accepted`, `adopted`, `baselined`, `upgraded`; a newer gander may know others. */
  readonly event: string;
  /** Absent where it is about the tables themselves. */
  readonly version: bigint | undefined;
  readonly name: string | undefined;
  readonly timestamp: Date;
  readonly direction: "up" | "down" | undefined;
  /** Milliseconds. */
  readonly durationMs: number | undefined;
  readonly statements: number | undefined;
  readonly checksum: string | undefined;
  readonly error: RecordedError | undefined;
  readonly note: string | undefined;
  readonly databaseUser: string;
  readonly applicationName: string | undefined;
  /** Where gander ran. */
  readonly host: string | undefined;
  readonly processId: number | undefined;
  readonly backendId: number | undefined;
  readonly ganderVersion: string;
  /** The same for all events of one run. */
  readonly runId: string | undefined;
  /** The commit or the image that ran, as far as its environment named it: `commit 1a2b3c, image app:46`. */
  readonly deployment: string | undefined;
  /** Undefined for events from before there were hashes. */
  readonly hash: string | undefined;
  readonly previousHash: string | undefined;
}

/** Which events are wanted. */
export interface LogFilter {
  readonly version?: bigint | undefined;
  /** From this moment on. */
  readonly since?: Date | undefined;
  /** Before this moment. */
  readonly until?: Date | undefined;
  readonly event?: string | undefined;
  /** At most so many, the newest ones. */
  readonly limit?: number | undefined;
}

/** The events of the log, newest first. It reads what there is of columns, whatever the layout. */
export async function readLog(
  connection: Connection,
  table: HistoryTable,
  filter: LogFilter,
  role: string | undefined,
): Promise<readonly LogEntry[]> {
  const conditions = [
    filter.version !== undefined && `l.version_id = ${filter.version}`,
    filter.since && `l."timestamp" >= ${quoteLiteral(filter.since.toISOString())}::timestamptz`,
    filter.until && `l."timestamp" < ${quoteLiteral(filter.until.toISOString())}::timestamptz`,
    filter.event !== undefined && `l.event = ${quoteLiteral(filter.event)}`,
  ].filter((condition) => typeof condition === "string");
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  const limit = filter.limit === undefined ? "" : ` LIMIT ${filter.limit}`;
  const rows = await askLog(
    connection,
    table,
    `SELECT pg_catalog.to_jsonb(l), l.id, l.version_id, pg_catalog.to_json(l."timestamp") #>> '{}' FROM ${quoteLogTable(table)} l${where} ORDER BY l.id DESC${limit}`,
    role,
  );
  return rows.map(parseEntry);
}

/**
 * Asks about the log, as the role that it belongs to.
 *
 * @throws HistoryError where the log is gone, ConfigError where this role may not read it
 */
export async function askLog(
  connection: Connection,
  table: HistoryTable,
  question: string,
  role: string | undefined,
): Promise<Result["rows"]> {
  const become = role === undefined ? "" : `SELECT pg_catalog.set_config('role', ${quoteLiteral(role)}, true);\n`;
  try {
    return (await connection.send(`${become}${question}`)).at(-1)?.rows ?? [];
  } catch (error) {
    if (!(error instanceof PostgresError)) throw error;
    throw unreadable(table, error);
  }
}

function unreadable(table: HistoryTable, error: PostgresError): Error {
  const log = `${describeTable(table)}_log`;
  if (error.sqlState === "42P01") {
    return new HistoryError("GANDER_HISTORY_ALTERED", `the log ${log} is gone: the history has none any more`, {
      hint: "Somebody has dropped or renamed it. Bring it back from a backup; without it gander writes nothing.",
      cause: error,
    });
  }
  if (error.sqlState !== "42501") return error;
  return new ConfigError(`this role may not read the log ${log}: ${error.fields.message}`, {
    hint: `Its owner can allow it: GRANT SELECT ON ${quoteLogTable(table)} TO the role; or read it as the owner (--role)`,
    cause: error,
  });
}

interface EntryJson {
  readonly event: string;
  readonly name?: string | null;
  readonly direction?: "up" | "down" | null;
  readonly duration_ms?: number | null;
  readonly statements?: number | null;
  readonly checksum?: string | null;
  readonly error?: RecordedError | null;
  readonly note?: string | null;
  readonly database_user: string;
  readonly application_name?: string | null;
  readonly runner_host?: string | null;
  readonly runner_pid?: number | null;
  readonly backend_pid?: number | null;
  readonly gander_version: string;
  readonly run_id?: string | null;
  readonly deployment?: string | null;
  readonly hash?: string | null;
  readonly previous_hash?: string | null;
}

/** Reads a row of the log: as JSON, and its id, version and time as text, which JSON's numbers and the settings do not bend. */
export function parseEntry([json, id, version, timestamp]: Result["rows"][number]): LogEntry {
  const row = JSON.parse(json ?? "{}") as EntryJson;
  return {
    id: BigInt(id ?? 0),
    event: row.event,
    version: version === null || version === undefined ? undefined : BigInt(version),
    name: row.name ?? undefined,
    timestamp: new Date(timestamp ?? ""),
    direction: row.direction ?? undefined,
    durationMs: row.duration_ms ?? undefined,
    statements: row.statements ?? undefined,
    checksum: row.checksum ?? undefined,
    error: row.error ?? undefined,
    note: row.note ?? undefined,
    databaseUser: row.database_user,
    applicationName: row.application_name ?? undefined,
    host: row.runner_host ?? undefined,
    processId: row.runner_pid ?? undefined,
    backendId: row.backend_pid ?? undefined,
    ganderVersion: row.gander_version,
    runId: row.run_id ?? undefined,
    deployment: row.deployment ?? undefined,
    hash: row.hash ?? undefined,
    previousHash: row.previous_hash ?? undefined,
  };
}
