/** Where the history is: its table, always addressed with its schema. */
export interface HistoryTable {
  readonly schema: string;
  readonly name: string;
}

/**
 * What a row of the history says about its version.
 *
 * - `applied`: the version is there.
 * - `failed`: a transactional Up failed and was rolled back; the version counts as pending. (Dirty.)
 * - `running`: outside a transaction, begun and not finished; its runner is at work or has crashed. (Dirty.)
 * - `stopped`: outside a transaction, a statement failed; neither applied nor pending. (Dirty.)
 * - `resumable`: `repair` looked at it; the next run goes on at the statement that failed. (Dirty.)
 * - `newer`: what a newer gander calls a state that this one does not know. (Dirty.)
 */
export type HistoryState = (typeof STATES)[number] | "newer";

/** The states that this version of gander writes. */
export const STATES = ["applied", "failed", "running", "stopped", "resumable"] as const;

/** Who applies or applied a version. */
export interface Runner {
  readonly host: string;
  /** Process id on that host. */
  readonly processId: number;
  /** The server's process for its connection, and when that one began (ISO 8601): together they name a session for ever. */
  readonly backendId: number;
  readonly backendStart: string;
}

/** Why a version failed, as kept in the history: never with substituted values. */
export interface RecordedError {
  readonly message: string;
  readonly sqlState?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly line?: number;
  readonly column?: number;
}

/** One row of the history: a version that is applied, or dirty. */
export interface HistoryRow {
  readonly version: bigint;
  readonly dirty: boolean;
  readonly timestamp: Date;
  readonly name: string;
  /** Undefined for a version that was adopted without a text. */
  readonly checksum: string | undefined;
  /** Grows with each application: `down` undoes the highest first. */
  readonly sequence: bigint;
  readonly state: HistoryState;
  readonly direction: "up" | "down";
  /** Milliseconds; undefined until it has finished. */
  readonly durationMs: number | undefined;
  /** How many statements (as the file counts them) the direction has, and how many are known to be done. */
  readonly statements: number;
  readonly statementsDone: number;
  readonly error: RecordedError | undefined;
  readonly runner: Runner | undefined;
  /** Until when a `running` row counts as alive although no session stands for its runner; renewed while it works. */
  readonly leaseUntil: Date | undefined;
  /** `gander`, or the tool that the row was adopted from. */
  readonly source: string;
}

/** The history as read from the database; a database without the table has an empty one. */
export interface History {
  readonly table: HistoryTable;
  readonly exists: boolean;
  /** By ascending version. */
  readonly rows: readonly HistoryRow[];
}
