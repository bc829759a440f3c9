import type { PostgresErrorFields } from "../../../database/postgres-error.ts";

/** A statement that failed, as far as advice needs it. */
export interface FailedStatement {
  readonly fields: PostgresErrorFields;
  /** Before substitution; undefined where it was no statement of the file. */
  readonly sql: string | undefined;
  readonly transaction: boolean;
  readonly direction: "up" | "down";
  /** What the run allows one statement, in milliseconds; 0: no limit. */
  readonly statementTimeout?: number;
}

/** Asks the database, after the failed transaction was rolled back. */
export type Ask = (sql: string) => Promise<readonly (readonly (string | null)[])[]>;

/** One kind of advice; undefined where it has none for this failure. */
export type Advise = (failed: FailedStatement, ask: Ask) => Promise<string | undefined> | string | undefined;

/** Asks for what makes advice better but is not needed for it; no rows where the database does not answer. */
export async function askIfPossible(ask: Ask, sql: string): ReturnType<Ask> {
  try {
    return await ask(sql);
  } catch {
    return [];
  }
}

/** The words between double quotes in a message of the server: the names it is about. */
export function quotedNames(message: string): readonly string[] {
  return [...message.matchAll(/"([^"]+)"/g)].map((match) => match[1] as string);
}

/** The SQL that was refused: where a function or a DO block ran it, the statement in there. */
export function refusedSql({ fields, sql }: FailedStatement): string {
  const inner = /^SQL statement "([\s\S]*?)"(?:\n|$)/.exec(fields.where ?? "")?.[1];
  return fields.internalQuery ?? inner ?? sql ?? "";
}
