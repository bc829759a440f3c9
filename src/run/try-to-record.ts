import type { Connection } from "../database/connection.ts";
import { PostgresError } from "../database/postgres-error.ts";
import { rollBack } from "./run-context.ts";

/** Writes what happened; undefined if it is written, else why it could not be. */
export async function tryToRecord(
  context: { readonly connection: Connection },
  statements: readonly string[],
): Promise<string | undefined> {
  const message = ["BEGIN", ...statements, "COMMIT"].join(";\n");
  try {
    await context.connection.send(message);
    return undefined;
  } catch (error) {
    if (error instanceof PostgresError) await rollBack(context.connection);
    return error instanceof Error ? error.message : String(error);
  }
}
