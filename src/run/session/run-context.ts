import type { Connection, Database, Notice, Result } from "../../database/connection.ts";
import { AbortedError } from "../../errors.ts";
import { PostgresError } from "../../database/postgres-error.ts";
import type { EventListener } from "../../events.ts";
import type { HistoryTable } from "../../history/history.ts";
import type { Writer } from "../../history/writer.ts";

/** What a run works with: one session, where its history is, and how it is to behave. Times in milliseconds. */
export interface RunContext {
  readonly database: Database;
  readonly connection: Connection;
  readonly table: HistoryTable;
  /** The connection goes through a pooler: no session-level state may be relied on. */
  readonly pooled: boolean;
  readonly serverVersionNumber: number;
  readonly backendId: number;
  /** The backend of a connection that was lost: it may still be at work, and is ended. Undefined through a pooler. */
  readonly former: FormerBackend | undefined;
  readonly writer: Writer;
  readonly role: string | undefined;
  readonly lockTimeout: number;
  readonly lockRetry: number;
  /** Of one statement; 0: no limit. */
  readonly statementTimeout: number;
  readonly wait: number | undefined;
  readonly signal: AbortSignal;
  readonly emit: EventListener;
  /** Begins the INFO lines that are ours; a migration cannot guess it. */
  readonly token: string;
}

/** A backend by its process id, and a time of the server's clock, as it writes it, at which it existed: a later one may have the same id. */
export interface FormerBackend {
  readonly backendId: number;
  readonly seen: string;
}

/** How often a cancel is asked for again while a message is still running: one that arrives between two statements is lost. */
const CANCEL_AGAIN_MS = 500;

/**
 * Sends one message; an abort cancels it on the server.
 *
 * @throws AbortedError when it was cancelled so; PostgresError
 */
export async function send(
  context: Pick<RunContext, "connection" | "signal">,
  message: string,
  onNotice?: (notice: Notice) => void,
): Promise<readonly Result[]> {
  return await cancelOnAbort(context, () => context.connection.send(message, { onNotice }));
}

/** Waits for what is under way on the connection; an abort cancels it on the server. @throws as `send` does */
export async function cancelOnAbort<T>(
  { connection, signal }: Pick<RunContext, "connection" | "signal">,
  work: () => Promise<T>,
): Promise<T> {
  throwIfAborted(signal);
  let timer: NodeJS.Timeout | undefined;
  const cancel = (): void => {
    void connection.cancel();
    timer = setTimeout(cancel, CANCEL_AGAIN_MS);
  };
  signal.addEventListener("abort", cancel, { once: true });
  try {
    return await work();
  } catch (error) {
    if (signal.aborted && error instanceof PostgresError && error.sqlState === "57014") throw abortError(signal);
    throw error;
  } finally {
    signal.removeEventListener("abort", cancel);
    clearTimeout(timer);
  }
}

/** @throws AbortedError, or the error that the signal was aborted with, if it is one of ours */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortError(signal);
}

function abortError(signal: AbortSignal): Error {
  const { reason } = signal;
  if (reason instanceof AbortedError) return reason;
  return new AbortedError("the run was interrupted; what was under way in a transaction was rolled back", {
    hint: "Start again: gander up goes on where it stopped.",
    cause: reason,
  });
}

/** Ends a transaction that failed, also where it is ours no more; a pooler keeps a failed one tied to us. */
export async function rollBack(connection: Connection): Promise<void> {
  await connection.send("ROLLBACK");
}
