import { PostgresError } from "../database/postgres-error.ts";
import { ownTransaction } from "./own-role.ts";
import { rollBack, type RunContext } from "./run-context.ts";

/** Writes what happened; undefined if it is written, else why it could not be. */
export async function tryToRecord(context: RunContext, statements: readonly string[]): Promise<string | undefined> {
  const message = ownTransaction(context, statements).join(";\n");
  try {
    await context.connection.send(message);
    return undefined;
  } catch (error) {
    if (error instanceof PostgresError) await rollBack(context.connection);
    return error instanceof Error ? error.message : String(error);
  }
}
