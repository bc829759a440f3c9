import type { LockHolder } from "./events.ts";

/** A stable name for the kind of an error; `docs/errors.md` lists each with its cause and way out. */
export type ErrorCode =
  | "GANDER_USAGE"
  | "GANDER_CONFIG"
  | "GANDER_FILE"
  | "GANDER_CONNECTION"
  | "GANDER_CONNECTION_LOST"
  | "GANDER_READ_ONLY"
  | "GANDER_LOCK_TIMEOUT"
  | "GANDER_HISTORY_MISSING"
  | "GANDER_HISTORY_CHANGED"
  | "GANDER_HISTORY_UNKNOWN"
  | "GANDER_HISTORY_DIRTY"
  | "GANDER_HISTORY_ELSEWHERE"
  | "GANDER_HISTORY_FOREIGN"
  | "GANDER_HISTORY_NEWER"
  | "GANDER_HISTORY_ADOPT"
  | "GANDER_HISTORY_HELD"
  | "GANDER_HISTORY_ALTERED"
  | "GANDER_HISTORY_OUT_OF_RANGE"
  | "GANDER_MIGRATION_FAILED"
  | "GANDER_IRREVERSIBLE"
  | "GANDER_CONFIRMATION"
  | "GANDER_MISSING_DEPENDENCY"
  | "GANDER_ABORTED";

/** What every error of gander has: a stable code, a message that says what happened, and a hint that says what to do. */
export abstract class GanderError extends Error {
  abstract readonly code: ErrorCode;
  /** What to do about it, in a sentence or a few lines; absent where the message says it all. */
  readonly hint: string | undefined;

  constructor(message: string, options: { hint?: string | undefined; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.hint = options.hint;
  }
}

/** A command or an option was used in a way that has no meaning. */
export class UsageError extends GanderError {
  override readonly code = "GANDER_USAGE";
}

/** A setting (config file, environment variable, connection string) has a mistake. */
export class ConfigError extends GanderError {
  override readonly code = "GANDER_CONFIG";
}

/** One thing that is wrong with one migration file; `line` and `column` start at 1. */
export interface FileProblem {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** Migration files that cannot be used; `problems` lists all of them, not the first. */
export class FileError extends GanderError {
  override readonly code = "GANDER_FILE";
  readonly problems: readonly FileProblem[];

  constructor(message: string, problems: readonly FileProblem[], options: { hint?: string; cause?: unknown } = {}) {
    super(message, options);
    this.problems = problems;
  }
}

/** The database could not be reached, or refused us. */
export class ConnectionError extends GanderError {
  override readonly code = "GANDER_CONNECTION";
  /** The server's code, where the server answered at all. */
  readonly sqlState: string | undefined;

  constructor(message: string, options: { hint?: string; cause?: unknown; sqlState?: string | undefined } = {}) {
    super(message, options);
    this.sqlState = options.sqlState;
  }
}

/** A connection that was in use ended; what was under way may or may not have been committed. */
export class ConnectionLostError extends GanderError {
  override readonly code = "GANDER_CONNECTION_LOST";
}

/** The server takes no writes (a standby, or `default_transaction_read_only`). */
export class ReadOnlyError extends GanderError {
  override readonly code = "GANDER_READ_ONLY";
}

/** A lock was not obtained in time: the run lock (another gander is at work) or a table lock (somebody uses the table). */
export class LockTimeoutError extends GanderError {
  override readonly code = "GANDER_LOCK_TIMEOUT";
  readonly lock: "run" | "table";
  /** Who held it, as far as that could be found out. */
  readonly holders: readonly LockHolder[];

  constructor(
    lock: "run" | "table",
    message: string,
    options: { hint?: string; cause?: unknown; holders?: readonly LockHolder[] } = {},
  ) {
    super(message, options);
    this.lock = lock;
    this.holders = options.holders ?? [];
  }
}

type HistoryErrorCode = Extract<ErrorCode, `GANDER_HISTORY_${string}`>;

/** The history and the files, or the history and this version of gander, do not go together. */
export class HistoryError extends GanderError {
  override readonly code: HistoryErrorCode;
  /** The versions it is about; empty where it is about the table itself. */
  readonly versions: readonly bigint[];

  constructor(
    code: HistoryErrorCode,
    message: string,
    options: { hint?: string; cause?: unknown; versions?: readonly bigint[] } = {},
  ) {
    super(message, options);
    this.code = code;
    this.versions = options.versions ?? [];
  }
}

/** The version cannot be rolled back: it has no Down, or says that it is irreversible. */
export class IrreversibleError extends GanderError {
  override readonly code = "GANDER_IRREVERSIBLE";
  readonly version: bigint;

  constructor(version: bigint, message: string, options: { hint?: string } = {}) {
    super(message, options);
    this.version = version;
  }
}

/** A question had to be answered with yes, and was not. */
export class ConfirmationError extends GanderError {
  override readonly code = "GANDER_CONFIRMATION";
}

/** An optional package is needed and not installed; the hint has the command. */
export class MissingDependencyError extends GanderError {
  override readonly code = "GANDER_MISSING_DEPENDENCY";
  readonly packageName: string;

  constructor(packageName: string, purpose: string, options: { cause?: unknown } = {}) {
    super(`${purpose} needs the package ${packageName}, which is not installed`, {
      hint: `npm install ${packageName}`,
      ...options,
    });
    this.packageName = packageName;
  }
}

/** The caller's AbortSignal, or SIGINT or SIGTERM, ended the run. */
export class AbortedError extends GanderError {
  override readonly code = "GANDER_ABORTED";
}
