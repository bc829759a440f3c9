import type { PostgresErrorFields } from "../../database/postgres-error.ts";

/** A statement that failed, as far as advice needs it. */
export interface FailedStatement {
  readonly fields: PostgresErrorFields;
  /** Before substitution; undefined where it was no statement of the file. */
  readonly sql: string | undefined;
  readonly transaction: boolean;
  readonly direction: "up" | "down";
}

/** Asks the database, after the failed transaction was rolled back. */
export type Ask = (sql: string) => Promise<readonly (readonly (string | null)[])[]>;

/** One kind of advice; undefined where it has none for this failure. */
export type Advise = (failed: FailedStatement, ask: Ask) => Promise<string | undefined> | string | undefined;

/** The words between double quotes in a message of the server: the names it is about. */
export function quotedNames(message: string): readonly string[] {
  return [...message.matchAll(/"([^"]+)"/g)].map((match) => match[1] as string);
}

const PLAIN = /^[a-z_][a-z0-9_$]*(\.[a-z_][a-z0-9_$]*)?$/;

/** A name as it is written in SQL: quoted only where it must be. */
export function written(name: string): string {
  return PLAIN.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** A table as the server's error names it. */
export function tableOf({ fields }: FailedStatement): string {
  const { schema, table } = fields;
  if (table === undefined) return written(quotedNames(fields.message).at(-1) ?? "the table");
  return schema === undefined || schema === "public" ? written(table) : `${written(schema)}.${written(table)}`;
}
