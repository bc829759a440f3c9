import { quoteLiteral } from "../database/quote.ts";

/** Who writes, as far as this side knows; the backend's identity is added by the server. */
export interface Writer {
  readonly host: string;
  readonly processId: number;
  /** Stands in the log with every event of one run, whatever connections it took. */
  readonly runId: string;
  /** As the program calls itself; else what the session has. */
  readonly applicationName?: string | undefined;
  /** The commit or the image that runs, as far as it is known. */
  readonly deployment?: string | undefined;
  /** Through a pooler, what stands for the writer instead of the session that writes. */
  readonly standIn?: StandIn;
}

/**
 * What stands for a writer that has no session of its own: the session of its guard, whose end says that the writer is
 * gone; or, with a `backendId` of 0, a lease that began at `backendStart`. Both have a lease, the one of a guard a short
 * one: it spans the moment between two statements.
 */
export interface StandIn {
  readonly backendId: number;
  /** ISO 8601; with it a reused process id is another session. */
  readonly backendStart: string;
  /** How long the row counts as alive after each sign of life, in milliseconds. */
  readonly leaseMs: number;
}

/* What stands for a writer, as SQL. */

/** The backend that writes. */
export const ME = "pg_catalog.pg_backend_pid()";
const MY_START = "(SELECT a.backend_start FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid()) a)";
/** The time of writing. */
export const NOW = "pg_catalog.clock_timestamp()";

/** The process id that stands for a writer. */
export function meOf({ standIn }: Writer): string {
  return standIn === undefined ? ME : String(standIn.backendId);
}

/** When the session, or the lease, that stands for a writer began. */
export function myStartOf({ standIn }: Writer): string {
  return standIn === undefined ? MY_START : `${quoteLiteral(standIn.backendStart)}::timestamptz`;
}

/** Until when a row counts as alive after this sign of life. */
export function leaseOf({ standIn }: Writer): string {
  return standIn === undefined ? "NULL" : `${NOW} OPERATOR(pg_catalog.+) interval '${standIn.leaseMs} milliseconds'`;
}
