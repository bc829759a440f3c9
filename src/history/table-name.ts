import { ConfigError } from "../errors.ts";
import { quoteIdentifier } from "../database/quote.ts";
import type { HistoryTable } from "./history.ts";

/** A history table as people name it; without a schema, it is in the connection's first one. */
export interface TableName {
  readonly schema: string | undefined;
  readonly name: string;
}

export const DEFAULT_TABLE: TableName = { schema: undefined, name: "schema_migrations" };

const PART = /^(?:"((?:[^"]|"")+)"|([\p{L}_][\p{L}\p{N}_$]*))/u;
/** PostgreSQL cuts longer identifiers off; five bytes are kept for `_log` and a sign. */
const LONGEST = 58;

/** Reads `[schema.]name` with PostgreSQL's rules: unquoted parts fold to lower case, `"…"` keeps them as they are. */
export function parseTableName(text: string): TableName {
  const parts: string[] = [];
  let rest = text.trim();
  for (;;) {
    const match = PART.exec(rest);
    if (match === null || parts.length === 2) throw badName(text);
    parts.push(match[1]?.replaceAll('""', '"') ?? (match[2] as string).toLowerCase());
    rest = rest.slice(match[0].length);
    if (rest === "") break;
    if (!rest.startsWith(".")) throw badName(text);
    rest = rest.slice(1);
  }
  const name = parts.pop() as string;
  if (Buffer.byteLength(name) > LONGEST) {
    throw new ConfigError(`the table name ${JSON.stringify(name)} is too long: at most ${LONGEST} bytes`);
  }
  return { schema: parts[0], name };
}

function badName(text: string): ConfigError {
  return new ConfigError(`${JSON.stringify(text)} is not a table name`, {
    hint: 'Write it as name or schema.name; a part with other characters than letters, digits and _ goes in "double quotes".',
  });
}

/** `"schema"."name"`, for SQL. */
export function quoteTable(table: HistoryTable): string {
  return `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`;
}

/** The log that belongs to a history, for SQL. */
export function quoteLogTable(table: HistoryTable): string {
  return `${quoteIdentifier(table.schema)}.${quoteIdentifier(`${table.name}_log`)}`;
}

/** `schema.name`, for people. */
export function describeTable(table: HistoryTable): string {
  return `${table.schema}.${table.name}`;
}
