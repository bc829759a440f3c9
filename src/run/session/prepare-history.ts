import { quoteIdentifier } from "../../database/quote.ts";
import { PostgresError } from "../../database/postgres-error.ts";
import { ConfigError, ConfirmationError } from "../../errors.ts";
import { createTables, LAYOUT } from "../../history/layout.ts";
import { doBlock } from "../../history/do-block.ts";
import { describeTable } from "../../history/table-name.ts";
import { checkLayout, type UsableState } from "./check-state.ts";
import { rollBack, type RunContext, send } from "./run-context.ts";
import { LOCK_BUSY, tryLock } from "../step/step-message.ts";
import { upgradeHistory } from "./upgrade-history.ts";

/**
 * Before anything is written, under the run lock: creates the history, or upgrades one that an older gander made. False
 * where another gander came between: read it again.
 *
 * @throws HistoryError where a newer gander wrote it, ConfigError where this role may not, LockTimeoutError
 */
export async function prepareHistory(context: RunContext, state: UsableState): Promise<boolean> {
  if (!state.exists) return await createHistory(context);
  checkLayout(state);
  const from = state.layout ?? 1;
  return from === LAYOUT || (await upgradeHistory(context, from));
}

/** The same for what is not planned anew. @throws ConfirmationError where another gander came between */
export async function prepareOrStop(context: RunContext, state: UsableState): Promise<void> {
  if (await prepareHistory(context, state)) return;
  throw new ConfirmationError("another gander was at work at the same moment; nothing was changed", {
    hint: "Look at gander status and start again.",
  });
}

/** Creates history and log; false if another gander did it at the same moment. @throws ConfigError where it may not */
async function createHistory(context: RunContext): Promise<boolean> {
  const lock = context.pooled ? [doBlock(`BEGIN ${tryLock(context)} END`)] : [];
  const role = context.pooled && context.role !== undefined ? [`SET LOCAL ROLE ${quoteIdentifier(context.role)}`] : [];
  try {
    await send(context, ["BEGIN", ...role, ...lock, ...createTables(context.table), "COMMIT"].join(";\n"));
    return true;
  } catch (error) {
    if (!(error instanceof PostgresError)) throw error;
    await rollBack(context.connection);
    if ([LOCK_BUSY, "42P07", "23505"].includes(error.sqlState)) return false;
    throw explainCreation(context, error);
  }
}

/** Why the history could not be created, and what to do; an error that says something else stays as it is. */
export function explainCreation({ table }: Pick<RunContext, "table">, error: PostgresError): Error {
  const { schema } = table;
  switch (error.sqlState) {
    case "3F000":
      return new ConfigError(`the schema ${schema} of the history does not exist`, {
        hint: `CREATE SCHEMA ${schema}; or name another one with --table`,
        cause: error,
      });
    case "42501":
      return new ConfigError(`the history ${describeTable(table)} cannot be created: ${error.fields.message}`, {
        hint: /language/.test(error.fields.message)
          ? "The log's trigger is a function in PL/pgSQL: GRANT USAGE ON LANGUAGE plpgsql TO the role"
          : `Let the role create tables there: GRANT CREATE ON SCHEMA ${schema} TO the role; or name a schema of its own with --table schema.name`,
        cause: error,
      });
    default:
      return error;
  }
}
