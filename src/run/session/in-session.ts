import { ConnectionError, ConnectionLostError } from "../../errors.ts";
import type { GanderEvent } from "../../events.ts";
import { isPoolWait } from "./pool-wait.ts";
import { createPauses, pauseFor } from "../lock/pause.ts";
import { throwIfAborted } from "./run-context.ts";
import type { RunMemory } from "./run-memory.ts";
import { openSession, type RunSettings, type Session } from "./session.ts";

/** How often the same step may lose its connection: a migration that brings the server down must not do so for ever. */
const MOST_LOSSES = 3;
/** The same between steps, where it is the network or a server that is being looked after. */
const MOST_IDLE_LOSSES = 20;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** Does work in a session. A connection that is lost meanwhile is the caller's trouble. */
export async function inSession<T>(
  settings: RunSettings,
  signal: AbortSignal,
  rows: "always" | "if-needed",
  work: (session: Session) => Promise<T>,
): Promise<T> {
  throwIfAborted(signal);
  const session = await openSession(settings, signal, rows);
  try {
    return await work(session);
  } finally {
    await session.context.connection.close();
  }
}

/**
 * Does a run in a session and, where its connection is lost, goes on in a new one: `work` is called again with the same
 * memory. What the old connection did is read from the history under the run lock, which its backend holds as long as it
 * lives.
 *
 * @throws ConnectionLostError where no new connection comes about within `reconnect`, or the same step loses one again and again
 */
export async function runInSession<T>(
  given: RunSettings,
  signal: AbortSignal,
  rows: "always" | "if-needed",
  memory: RunMemory,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { settings, underWay } = watchSteps({ ...given, runId: memory.runId }, memory);
  throwIfAborted(signal);
  let session = await openFirst(settings, signal, rows);
  let doneBefore = -1;
  let lossesHere = 0;
  for (;;) {
    let error: unknown;
    try {
      return await work(session);
    } catch (thrown) {
      error = thrown;
    } finally {
      await session.context.connection.close();
    }
    if (!(error instanceof ConnectionLostError)) throw error;
    throwIfAborted(signal);
    if (!settings.database.reconnects) throw lostForGood(error, underWay(), "this connection cannot be opened again");
    if (memory.done.length !== doneBefore) lossesHere = 0;
    doneBefore = memory.done.length;
    if (!isPoolWait(error)) lossesHere++;
    const most = underWay() === undefined ? MOST_IDLE_LOSSES : MOST_LOSSES;
    if (lossesHere >= most) throw lostForGood(error, underWay(), `and so it was ${most} times in a row`);
    memory.losses++;
    session = await openAgain(settings, signal, session, error, underWay());
  }
}

/** Keeps the name of the migration that is under way, and what the log's newest event is. */
function watchSteps(settings: RunSettings, memory: RunMemory) {
  let name: string | undefined;
  const emit = (event: GanderEvent): void => {
    if (event.type === "step-start") name = event.name;
    if (event.type === "logged") memory.logHead = event.head;
    if (event.type === "step-done" || event.type === "step-failed") name = undefined;
    settings.emit(event);
  };
  return { settings: { ...settings, emit }, underWay: () => name };
}

async function openFirst(settings: RunSettings, signal: AbortSignal, rows: "always" | "if-needed"): Promise<Session> {
  for (;;) {
    try {
      return await openSession(settings, signal, rows);
    } catch (error) {
      if (!isPoolWait(error)) throw error;
      throwIfAborted(signal);
    }
  }
}

async function openAgain(
  settings: RunSettings,
  signal: AbortSignal,
  former: Session,
  lost: ConnectionLostError,
  underWay: string | undefined,
): Promise<Session> {
  const { backendId } = former.context;
  const { now } = former.state;
  let began = Date.now();
  const pauses = createPauses(FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
  let { message } = lost;
  for (let attempt = 1; ; attempt++) {
    const pauseMs = pauses();
    settings.emit({ type: "connection-lost", message, attempt, pauseMs });
    await pauseFor(pauseMs, signal);
    try {
      const session = await openSession(settings, signal, "always", { backendId, seen: now });
      const { inRecovery, readOnly } = session.state;
      if (!inRecovery && !readOnly) return session;
      await session.context.connection.close();
      message = inRecovery ? "the server is a standby now (in recovery)" : "the server is read-only now";
    } catch (error) {
      if (!isPassing(error)) throw error;
      if (isPoolWait(error)) began = Date.now();
      ({ message } = error);
    }
    if (Date.now() - began >= settings.reconnect) {
      throw lostForGood(lost, underWay, `no other one came about within ${settings.reconnect} ms: ${message}`);
    }
  }
}

/** What a server that is starting, stopping or switching over says, and a network that is coming back. */
function isPassing(error: unknown): error is Error {
  if (error instanceof ConnectionLostError) return true;
  return error instanceof ConnectionError && (error.sqlState === undefined || /^(08|53|57P)/.test(error.sqlState));
}

function lostForGood(lost: ConnectionLostError, underWay: string | undefined, why: string): ConnectionLostError {
  const during = underWay === undefined ? "" : ` while ${underWay} was under way`;
  return new ConnectionLostError(`${lost.message}${during}; ${why}`, {
    hint: [
      underWay === undefined
        ? "What was done is in the history."
        : `Whether ${underWay} is done is in the history, together with it or not at all.`,
      "Start again (gander up) when the database answers: it reads the history and goes on from there.",
    ].join("\n"),
    cause: lost.cause,
  });
}
