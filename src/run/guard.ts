import { ConfigError, ConnectionError } from "../errors.ts";
import { doBlock } from "../history/record.ts";
import type { RunContext } from "./run-context.ts";
import { tryLock } from "./step-message.ts";
import { transactionSettings } from "./transaction-settings.ts";

const HEARTBEAT_MS = 5_000;

/**
 * Holds the run lock through a pooler while a migration runs outside a transaction: an open transaction on a connection of
 * its own. READ COMMITTED, so that it holds no snapshot that CONCURRENTLY would wait for.
 */
export async function openGuard(context: RunContext): Promise<{ close(): Promise<void> }> {
  if (!context.database.severalConnections) {
    throw new ConfigError("a migration outside a transaction needs a second connection, or a direct one", {
      hint: "This connection goes through a pooler. Name the server itself with migrationUrl (--migration-url).",
    });
  }
  const connection = await context.database.connect();
  try {
    const settings = transactionSettings(context, context.lockTimeout, "gander run lock").join("\n  ");
    await connection.send(
      `BEGIN ISOLATION LEVEL READ COMMITTED;\n${doBlock(`BEGIN ${settings} ${tryLock(context)} END`)}`,
    );
  } catch (error) {
    await connection.close();
    throw new ConnectionError("the run lock could not be held on a second connection through the pooler", {
      hint: "Another gander may be at work; start again, or name the server itself with migrationUrl (--migration-url).",
      cause: error,
    });
  }
  let beating: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    beating = beating.then(() => connection.send("SELECT 1")).catch(() => undefined);
  }, HEARTBEAT_MS);
  return {
    close: async () => {
      clearInterval(timer);
      await beating;
      await connection.send("ROLLBACK").catch(() => undefined);
      await connection.close();
    },
  };
}
