import { UsageError } from "../errors.ts";
import { folderPath } from "../files/folder-path.ts";
import type { Origin } from "../git/read-origins.ts";
import type { ChainResult } from "../history/check-chain.ts";
import { compareLog } from "../history/compare-log.ts";
import { type LogEntry, type LogFilter, readLog } from "../history/read-log.ts";
import { describeTable } from "../history/table-name.ts";
import { verifyLog } from "../history/verify-log.ts";
import type { RunSettings, Session } from "./session/session.ts";

/** An event of the log, and the commit that brought its file. */
export interface LoggedEvent extends LogEntry {
  /** Undefined where git does not know it, or there is none. */
  readonly origin: Origin | undefined;
}

/** What the log says. */
export interface Log {
  /** `schema.table` of the history. */
  readonly table: string;
  readonly historyExists: boolean;
  /** Newest first. */
  readonly events: readonly LoggedEvent[];
}

/** Reads the log, and asks git where the files come from. It writes nothing and takes no lock. */
export async function showLog(settings: RunSettings, { context, state }: Session, filter: LogFilter): Promise<Log> {
  const { connection, table, role } = context;
  const entries = state.exists ? await readLog(connection, table, filter, role) : [];
  const origins = await findOrigins(settings, entries);
  const events = entries.map((entry) => ({ ...entry, origin: origins.get(entry.name ?? "") }));
  return { table: describeTable(table), historyExists: state.exists, events };
}

async function findOrigins(
  { migrations }: RunSettings,
  entries: readonly LogEntry[],
): Promise<ReadonlyMap<string, Origin>> {
  const names = [...new Set(entries.flatMap(({ name }) => (name === undefined ? [] : [name])))];
  if (Array.isArray(migrations) || names.length === 0) return new Map();
  const { readOrigins } = await import("../git/read-origins.ts");
  return (await readOrigins(folderPath(migrations as string | URL), names)).byName;
}

/** What came of verifying a log. */
export interface LogVerification extends ChainResult {
  /** `schema.table` of the history. */
  readonly table: string;
  readonly historyExists: boolean;
}

/**
 * Recomputes the chain of hashes, and holds the history against the log.
 *
 * @throws UsageError for a head that is no hash, HistoryError where the log is gone
 */
export async function verifyHistory(
  { context, state }: Session,
  { head }: { readonly head?: string },
): Promise<LogVerification> {
  const kept = head?.trim().toLowerCase();
  if (kept !== undefined && !/^[0-9a-f]{64}$/.test(kept)) {
    throw new UsageError(`${JSON.stringify(head)} is no hash of an event: it has 64 digits from 0 to f`, {
      hint: "A run prints it as the log's head; gander log --verify and --json have it too.",
    });
  }
  const { connection, table, role } = context;
  const told = { table: describeTable(table), historyExists: state.exists };
  if (!state.exists) {
    const gone = { kind: "head-gone", id: 1n, entry: undefined } as const;
    return { ...told, events: 0, withoutHash: 0, head: undefined, findings: kept === undefined ? [] : [gone] };
  }
  const chain = await verifyLog(connection, table, kept, role);
  const findings = [...chain.findings, ...(await compareLog(connection, table, role))];
  return { ...told, ...chain, findings };
}
