import { PostgresError } from "../database/postgres-error.ts";
import { ConfigError, ConnectionError } from "../errors.ts";
import { doBlock, type WriterSession } from "../history/record.ts";
import type { RunContext } from "./run-context.ts";
import { LOCK_BUSY, tryLock } from "./step-message.ts";
import { transactionSettings } from "./transaction-settings.ts";

const HEARTBEAT_MS = 5_000;
/** A pooler that has another server connection answers well within this time; one that has none lets us wait. */
const ANSWER_MS = 2_000;
const OWN_SESSION = "SELECT pid, backend_start FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid())";

/** Whoever has the guard's session has the run lock: the session ends when we do, which no other one of a pooler does. */
export interface Guard {
  readonly session: WriterSession;
  close(): Promise<void>;
}

/**
 * Holds the run lock through a pooler while a migration runs outside a transaction: an open transaction on a connection of
 * its own. READ COMMITTED, so that it holds no snapshot that CONCURRENTLY would wait for.
 * Undefined where another gander holds it.
 */
export async function openGuard(context: RunContext): Promise<Guard | undefined> {
  if (!context.database.severalConnections) {
    throw new ConfigError("a migration outside a transaction needs a second connection, or a direct one", {
      hint: "This connection goes through a pooler. Name the server itself with migrationUrl (--migration-url).",
    });
  }
  const connection = await context.database.connect();
  let session: WriterSession;
  try {
    const settings = transactionSettings(context, context.lockTimeout, "gander run lock").join("\n  ");
    const results = await connection.send(
      `BEGIN ISOLATION LEVEL READ COMMITTED;\n${doBlock(`BEGIN ${settings} ${tryLock(context)} END`)};\n${OWN_SESSION}`,
    );
    const [backendId, backendStart] = results.at(-1)?.rows[0] ?? [];
    session = { backendId: Number(backendId), backendStart: backendStart ?? "" };
  } catch (error) {
    await connection.send("ROLLBACK").catch(() => undefined);
    await connection.close();
    if (error instanceof PostgresError && error.sqlState === LOCK_BUSY) return undefined;
    throw new ConnectionError("the run lock could not be held on a second connection through the pooler", {
      hint: "Start again, or name the server itself with migrationUrl (--migration-url).",
      cause: error,
    });
  }
  const end = async (): Promise<void> => {
    await connection.send("ROLLBACK").catch(() => undefined);
    await connection.close();
  };
  const answer = context.connection.send("SELECT 1");
  let inTime: boolean;
  try {
    inTime = await settlesInTime(answer);
  } catch (error) {
    await end();
    throw error;
  }
  if (!inTime) {
    await end();
    // With the guard gone the pooler answers; until then nothing else may be sent.
    await answer;
    throw new ConfigError(
      "the pooler has no second server connection to give, which a migration outside a transaction needs",
      {
        hint: "Nothing of it ran. Name the server itself with migrationUrl (--migration-url), or give the pool two connections.",
      },
    );
  }
  let beating: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    beating = beating.then(() => connection.send("SELECT 1")).catch(() => undefined);
  }, HEARTBEAT_MS);
  return {
    session,
    close: async () => {
      clearInterval(timer);
      await beating;
      await end();
    },
  };
}

/** Whether an answer comes in time. @throws what it rejects with */
async function settlesInTime(answer: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ANSWER_MS);
  });
  try {
    return await Promise.race([answer.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
