import type { FailedStatement } from "./failed-statement.ts";
import { quotedNames } from "./failed-statement.ts";

/** The words that are no name of a table or column unless quoted. Source: pg_get_keywords() of PostgreSQL 18. */
export const RESERVED: ReadonlySet<string> = new Set(
  "all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column concurrently constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references returning right select session_user similar some symmetric system_user table tablesample then to trailing true union unique user using variadic verbose when where window with".split(
    " ",
  ),
);

/** A variable of the file stands for a name of its own. */
const VARIABLE = /^\$\{\w+\}$/;
const PLAIN = /^[a-z_\u0080-\uffff][a-z0-9_$\u0080-\uffff]*$/;

/** A name as it is written in SQL: quoted only where it must be. */
export function written(name: string): string {
  return VARIABLE.test(name) || (PLAIN.test(name) && !RESERVED.has(name)) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** A name with its schema, which is left out where everybody has it in the search path. */
export function writtenIn(schema: string | null | undefined, name: string): string {
  return schema === undefined || schema === null || schema === "public" || schema === ""
    ? written(name)
    : `${written(schema)}.${written(name)}`;
}

/** A name from a message of the server, where a dot separates it from its schema. */
export function splitName(name: string): { readonly schema: string | undefined; readonly bare: string } {
  const dot = name.lastIndexOf(".");
  return dot < 1 ? { schema: undefined, bare: name } : { schema: name.slice(0, dot), bare: name.slice(dot + 1) };
}

/** The table that the server's error is about, as it is written in SQL. */
export function tableOf({ fields }: FailedStatement): string {
  const { schema, table } = fields;
  if (table !== undefined) return writtenIn(schema, table);
  const named = quotedNames(fields.message).at(-1);
  return named === undefined ? "the table" : written(named);
}

/** Several things in a row: `a`, `a and b`, `a, b and c`; beyond `most` it says how many more. */
export function listed(items: readonly string[], most = 6): string {
  if (items.length > most) return `${items.slice(0, most).join(", ")} and ${items.length - most} more`;
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}
