import { PostgresError } from "../database/postgres-error.ts";
import { ConfigError, ConnectionError } from "../errors.ts";
import { doBlock, type WriterSession } from "../history/record.ts";
import type { RunContext } from "./run-context.ts";
import { LOCK_BUSY, tryLock } from "./step-message.ts";
import { transactionSettings } from "./transaction-settings.ts";

const HEARTBEAT_MS = 5_000;
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
  let beating: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    beating = beating.then(() => connection.send("SELECT 1")).catch(() => undefined);
  }, HEARTBEAT_MS);
  return {
    session,
    close: async () => {
      clearInterval(timer);
      await beating;
      await connection.send("ROLLBACK").catch(() => undefined);
      await connection.close();
    },
  };
}
