import { PostgresError } from "../../database/postgres-error.ts";
import { asOurselves } from "./own-role.ts";
import { rollBack, type RunContext } from "../session/run-context.ts";
import { sendLogged, tellNewest } from "./send-logged.ts";

const SAVEPOINT = "gander_step";

/** After the run lock was taken for a transaction: what fails from here on lets the lock not go. Nothing on a direct connection. */
export function markStep({ pooled }: Pick<RunContext, "pooled">): readonly string[] {
  return pooled ? [`SAVEPOINT ${SAVEPOINT}`] : [];
}

/**
 * Through a pooler, notes what failed in the very transaction in which it failed. The run lock came with that and is held
 * until the note is there: whoever waits reads it and does not try again. False where that cannot be done; then all is
 * rolled back.
 */
export async function noteUnderLock(context: RunContext, records: readonly string[]): Promise<boolean> {
  if (!context.pooled) return false;
  const note = [`ROLLBACK TO SAVEPOINT ${SAVEPOINT}`, ...asOurselves(context, records), tellNewest(context), "COMMIT"];
  try {
    // Also where the run was told to stop.
    await sendLogged(context, note.join(";\n"), {
      again: false,
      sendOne: ({ connection }, message, onNotice) => connection.send(message, { onNotice }),
    });
    return true;
  } catch (error) {
    if (!(error instanceof PostgresError)) throw error;
    await rollBack(context.connection);
    return false;
  }
}
