import { PostgresError } from "../../database/postgres-error.ts";
import { rollBack, type RunContext } from "../session/run-context.ts";
import { recordLogged } from "./send-logged.ts";

/** Writes what happened; undefined if it is written, else why it could not be. */
export async function tryToRecord(context: RunContext, statements: readonly string[]): Promise<string | undefined> {
  try {
    // Also where the run was told to stop.
    await recordLogged(context, statements, ({ connection }, message, onNotice) =>
      connection.send(message, { onNotice }),
    );
    return undefined;
  } catch (error) {
    if (error instanceof PostgresError) await rollBack(context.connection);
    return error instanceof Error ? error.message : String(error);
  }
}
