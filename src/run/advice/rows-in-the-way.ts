import { type FailedStatement, quotedNames, tableOf, written } from "./failed-statement.ts";

/** 23505: rows that are there already have the same values. */
export function adviseOnDuplicates(failed: FailedStatement): string {
  const { detail = "" } = failed.fields;
  const columns = /^Key \((.+?)\)=/.exec(detail)?.[1];
  const table = tableOf(failed);
  if (columns === undefined) return `Rows of ${table} have the same values where they must differ.`;
  return [
    `Rows of ${table} have the same values in (${columns}). Find them, and change or delete all but one of each:`,
    `  SELECT ${columns}, count(*) FROM ${table} GROUP BY ${columns} HAVING count(*) > 1;`,
  ].join("\n");
}

/** 23503: rows refer to rows that are not there. */
export function adviseOnOrphans(failed: FailedStatement): string {
  const { detail = "" } = failed.fields;
  const found = /^Key \((.+?)\)=.* is not present in table "(.+?)"/.exec(detail);
  const table = tableOf(failed);
  if (found === null) return `Rows of another table refer to ${table}: delete or change those first.`;
  const [, column = "", parent = ""] = found;
  return [
    `Rows of ${table} refer to rows of ${written(parent)} that are not there. Find them, and mend or delete them:`,
    `  SELECT * FROM ${table} WHERE ${column} IS NOT NULL AND ${column} NOT IN (SELECT … FROM ${written(parent)});`,
    "or add the constraint with NOT VALID first: it then holds for new rows alone.",
  ].join("\n");
}

/** 23514: rows break a check. */
export function adviseOnCheck(failed: FailedStatement): string {
  const name = failed.fields.constraint ?? quotedNames(failed.fields.message)[0] ?? "";
  return `Rows of ${tableOf(failed)} break the check ${written(name)}. Mend them first, or add the constraint with NOT VALID: it then holds for new rows alone.`;
}
