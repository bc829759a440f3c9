import type { Connection, Database } from "../../database/connection.ts";
import { PostgresError } from "../../database/postgres-error.ts";
import { ConnectionLostError, GanderError } from "../../errors.ts";
import { doBlock } from "../../history/do-block.ts";
import type { StandIn } from "../../history/writer.ts";
import { isPoolWait } from "../session/pool-wait.ts";
import type { RunContext } from "../session/run-context.ts";
import { LOCK_BUSY, tryLock } from "../step/step-message.ts";
import { transactionSettings } from "../step/transaction-settings.ts";

const HEARTBEAT_MS = 5_000;
/** A pooler that has another server connection answers well within this time; one that has none lets us wait. */
const ANSWER_MS = 2_000;
/** From the moment that a guard is lost until the statement after it: nobody takes over within this time. */
const GUARD_LEASE_MS = 5_000;
/** Longer than any pause between two tries of a statement. */
const LEASE_MS = 60_000;

const OWN_SESSION = `SELECT pid, pg_catalog.to_json(backend_start) #>> '{}'
  FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid())`;
const END_OWN_SESSION = "SELECT pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid())";
const SERVER_TIME = "SELECT pg_catalog.to_json(pg_catalog.clock_timestamp()) #>> '{}'";

/** What stands for a run through a pooler while a migration runs outside a transaction. */
export interface Guard {
  readonly standIn: StandIn;
  /** @throws ConnectionLostError where it stands no more: then nothing else may be begun */
  check(): Promise<void>;
  /**
   * `unfinished`: nobody goes on with what the row says is under way. The pooler would keep the session, by which others see
   * that its runner is alive, so it is ended.
   */
  close(unfinished: boolean): Promise<void>;
}

/**
 * Guards a run through a pooler. Where the pooler has a second server connection to give, an open transaction on it holds
 * the run lock: its session ends when we do, which no other one of a pooler does. READ COMMITTED, so that it holds no
 * snapshot that CONCURRENTLY would wait for. Where there is only one connection, a lease in the row takes its place.
 *
 * Undefined where another gander holds the lock.
 */
export async function openGuard(context: RunContext): Promise<Guard | undefined> {
  if (!context.database.severalConnections || withoutSecond.has(context.database)) return await createLease(context);
  const opening = openSecond(context);
  opening.catch(() => undefined);
  const second = await inTime(opening);
  if (second === "late") {
    withoutSecond.add(context.database);
    // Our own connection holds the only one while it is used; what comes late is not wanted any more.
    void opening.then((late) => late?.end()).catch(() => undefined);
    return await createLease(context);
  }
  if (second === undefined) return undefined;
  const answer = context.connection.send("SELECT 1");
  let answered: unknown;
  try {
    answered = await inTime(answer);
  } catch (error) {
    if (isPoolWait(error)) withoutSecond.add(context.database);
    await second.end();
    throw error;
  }
  if (answered === "late") {
    withoutSecond.add(context.database);
    await second.end();
    // With the guard gone the pooler answers; until then nothing else may be sent.
    await answer;
    return await createLease(context);
  }
  return keep(second);
}

/** Databases whose pooler has been seen to have one connection to give. */
const withoutSecond = new WeakSet<Database>();

interface Second {
  readonly connection: Connection;
  readonly standIn: StandIn;
  end(): Promise<void>;
}

async function openSecond(context: RunContext): Promise<Second | undefined> {
  let connection: Connection;
  try {
    connection = await context.database.connect();
  } catch (error) {
    throw lost(error);
  }
  const end = async (): Promise<void> => {
    await connection.send("ROLLBACK").catch(() => undefined);
    await connection.close();
  };
  try {
    const settings = transactionSettings(context, { lockTimeout: context.lockTimeout }, "gander run lock").join("\n  ");
    const results = await connection.send(
      // The role that migrations run as may not be told when the session of another one began.
      `BEGIN ISOLATION LEVEL READ COMMITTED;\n${OWN_SESSION};\n${doBlock(`BEGIN ${settings} ${tryLock(context)} END`)}`,
    );
    const [backendId, backendStart] = results[1]?.rows[0] ?? [];
    const standIn = { backendId: Number(backendId), backendStart: backendStart ?? "", leaseMs: GUARD_LEASE_MS };
    return { connection, standIn, end };
  } catch (error) {
    await end();
    if (error instanceof PostgresError && error.sqlState === LOCK_BUSY) return undefined;
    throw lost(error);
  }
}

function keep({ connection, standIn, end }: Second): Guard {
  let beating: Promise<unknown> = Promise.resolve();
  const beat = (): Promise<unknown> =>
    (beating = beating.catch(() => undefined).then(() => connection.send("SELECT 1")));
  const timer = setInterval(() => beat().catch(() => undefined), HEARTBEAT_MS);
  return {
    standIn,
    check: async () => {
      try {
        await beat();
      } catch (error) {
        throw lost(error);
      }
    },
    close: async (unfinished) => {
      clearInterval(timer);
      await beating.catch(() => undefined);
      if (unfinished) await connection.send(END_OWN_SESSION).catch(() => undefined);
      await end();
    },
  };
}

async function createLease({ connection }: RunContext): Promise<Guard> {
  const [result] = await connection.send(SERVER_TIME);
  return {
    standIn: { backendId: 0, backendStart: result?.rows[0]?.[0] ?? "", leaseMs: LEASE_MS },
    check: async () => undefined,
    close: async () => undefined,
  };
}

function lost(error: unknown): ConnectionLostError {
  const why = error instanceof GanderError || error instanceof PostgresError ? error.message : String(error);
  return new ConnectionLostError(
    `The second connection, which holds the run lock through the pooler, was lost: ${why}`,
    {
      cause: error,
    },
  );
}

/** What it resolves with, or `late`. @throws what it rejects with in time */
async function inTime<T>(answer: Promise<T>): Promise<T | "late"> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), ANSWER_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
