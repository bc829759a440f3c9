/** The answer to one statement. Values are PostgreSQL's text form, whatever the type; `null` is SQL NULL. */
export interface Result {
  /** The command tag, such as `INSERT 0 1` or `ROLLBACK`. */
  readonly command: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** A NOTICE, INFO or WARNING of the server, delivered when it arrives. */
export interface Notice {
  readonly severity: string;
  readonly sqlState: string;
  readonly message: string;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
}

export interface SendOptions {
  readonly onNotice?: ((notice: Notice) => void) | undefined;
}

/**
 * One session with a PostgreSQL server, whichever driver speaks for it. One message at a time: `send` while another one
 * is under way is a mistake of the caller.
 */
export interface Connection {
  readonly driver: "pg" | "pglite";
  /**
   * The process id that the server gave when the connection began, undefined where there is none (PGlite). Through a
   * transaction pooler it differs from `pg_backend_pid()`.
   */
  readonly keyProcessId: number | undefined;
  /**
   * Sends one message of the simple query protocol, with any number of statements, and resolves when the server is
   * ready for the next one, with one result a statement that gave one.
   *
   * @throws PostgresError when a statement failed: the rest of the message did not run.
   * @throws ConnectionLostError when the connection ended before the answer was complete.
   */
  send(message: string, options?: SendOptions): Promise<readonly Result[]>;
  /**
   * Sends messages at once, each of which the server takes by itself: an error in one does not keep the next from being run.
   * A pooler leaves them together in one session. Resolves with what each gave. Not on PGlite.
   *
   * @throws PostgresError the first one, when all were answered; ConnectionLostError
   */
  sendTogether?(messages: readonly string[], options?: SendOptions): Promise<readonly (readonly Result[])[]>;
  /** Asks the server to cancel what is running on this connection; resolves when it was asked. Never throws. */
  cancel(): Promise<void>;
  /**
   * Notes what the session is set to, so that `close` restores it: before anything runs that may change it. Only where the
   * session goes on after us and belongs to somebody else.
   */
  keepSession?(): Promise<void>;
  /** Ends the session. A connection borrowed from a pool is destroyed, one that the caller gave stays open. Never throws. */
  close(): Promise<void>;
}

/** A database that connections can be opened to. */
export interface Database {
  readonly driver: "pg" | "pglite";
  /** Where it is, for people: `db.example.com:5432/app`, never with a password. */
  readonly description: string;
  /** False where only one session exists (PGlite, a Client that the caller gave). */
  readonly severalConnections: boolean;
  /** Whether a connection that was lost can be replaced: not a Client that the caller gave, nor an embedded database. */
  readonly reconnects: boolean;
  /** @throws ConnectionError, ConfigError, MissingDependencyError */
  connect(): Promise<Connection>;
  /** Releases what `connect` did not: the embedded database that we opened ourselves. Never throws. */
  close(): Promise<void>;
}
