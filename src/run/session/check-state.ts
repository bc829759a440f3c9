import { ConfigError, HistoryError, ReadOnlyError } from "../../errors.ts";
import { recogniseTool } from "../../history/foreign-table.ts";
import type { HistoryTable } from "../../history/history.ts";
import { LAYOUT } from "../../history/layout.ts";
import type { DatabaseState } from "../../history/read-state.ts";
import { describeTable, type TableName } from "../../history/table-name.ts";
import type { Plan } from "../../plan/plan.ts";

/** A state whose history table is known and ours, or absent. */
export type UsableState = DatabaseState & { readonly table: HistoryTable };

/**
 * Holds that the history is one that this gander can use.
 *
 * @throws ConfigError where no schema is there for it, HistoryError where the table is another tool's, or is found in
 * another schema
 */
export function checkState(state: DatabaseState, name: TableName): UsableState {
  const { table, foreignColumns, elsewhere } = state;
  if (table === undefined) {
    throw new ConfigError("the connection has no schema: its search_path is empty or names none that exists", {
      hint: `Name the schema: --table SCHEMA.${name.name}`,
    });
  }
  if (foreignColumns !== undefined) {
    throw new HistoryError(
      "GANDER_HISTORY_FOREIGN",
      `the table ${describeTable(table)} belongs to ${recogniseTool(foreignColumns)} (columns ${foreignColumns.join(", ")}), not to gander`,
      {
        hint: [
          `It was left alone. Give gander a table of its own: --table ${table.schema}.gander_migrations (table: "…", GANDER_TABLE)`,
          `To take over what is applied there:  gander adopt --table ${table.schema}.gander_migrations`,
        ].join("\n"),
      },
    );
  }
  if (elsewhere.length > 0) {
    throw new HistoryError(
      "GANDER_HISTORY_ELSEWHERE",
      `the history is not in ${table.schema}, the connection's first schema, but there is one in ${elsewhere.join(", ")}`,
      {
        hint: [
          "The search_path or the user has changed, or a schema was created since. Name the history that is meant:",
          ...elsewhere.map((schema) => `  --table ${schema}.${name.name}`),
          `or, for a new history: --table ${table.schema}.${name.name}`,
        ].join("\n"),
      },
    );
  }
  return state as UsableState;
}

/** @throws HistoryError where a newer gander wrote the history, which can be read and must not be written */
export function checkLayout({ table, layout = 1 }: UsableState): void {
  if (layout <= LAYOUT) return;
  throw new HistoryError(
    "GANDER_HISTORY_NEWER",
    `the history ${describeTable(table)} was written by a newer gander (layout ${layout}; this one knows ${LAYOUT})`,
    {
      hint: "Nothing was changed. Use the newer version of pg-gander for this, too; this one can look (status, version, plan), and starts where nothing is pending.",
    },
  );
}

/**
 * Makes a plan that is to be carried out: one without steps may be made of a newer gander's history, too.
 *
 * @throws HistoryError where a newer gander wrote the history; that one alone can mend what is dirty in it, too
 */
export async function planOnLayout(state: UsableState, makePlan: () => Promise<Plan>): Promise<Plan> {
  try {
    const plan = await makePlan();
    if (plan.steps.length > 0) checkLayout(state);
    return plan;
  } catch (error) {
    if (error instanceof HistoryError && error.code === "GANDER_HISTORY_DIRTY") checkLayout(state);
    throw error;
  }
}

/** @throws ReadOnlyError where nothing can be written */
export function checkWritable(state: DatabaseState): void {
  if (state.inRecovery === true) {
    throw new ReadOnlyError("the server is a standby (in recovery): migrations cannot run on it", {
      hint: "Connect to the primary; with several hosts, target_session_attrs=read-write finds it.",
    });
  }
  if (state.readOnly === true) {
    throw new ReadOnlyError("the session is read-only (default_transaction_read_only)", {
      hint: "Connect to the primary, or as a role that may write.",
    });
  }
}
