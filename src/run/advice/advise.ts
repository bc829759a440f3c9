import type { PostgresErrorFields } from "../../database/postgres-error.ts";

/** A statement that failed, as far as advice needs it. */
export interface FailedStatement {
  readonly fields: PostgresErrorFields;
  /** Before substitution. */
  readonly sql: string | undefined;
  readonly transaction: boolean;
  readonly direction: "up" | "down";
}

/** Asks the database, after the failed transaction was rolled back. */
export type Ask = (sql: string) => Promise<readonly (readonly (string | null)[])[]>;

/** What to do about a failure whose cause is known. */
export async function adviseOn(failed: FailedStatement, ask: Ask): Promise<string | undefined> {
  void ask;
  return failed.fields.hint;
}
