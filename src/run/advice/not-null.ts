import { type FailedStatement, tableOf, written } from "./failed-statement.ts";

/** 23502: rows are there that have no value for the column. */
export function adviseOnNotNull(failed: FailedStatement): string {
  const table = tableOf(failed);
  const column = written(failed.fields.column ?? "the column");
  const added = /\bADD\s+(?:COLUMN\s+)?(?:IF\s+NOT\s+EXISTS\s+)?("[^"]+"|\w+)\s+([\s\S]*?)\s+NOT\s+NULL/i.exec(
    failed.sql ?? "",
  );
  if (added !== null) {
    return [
      `${table} has rows, and a new column that is NOT NULL and has no default would have no value in them. Do it in steps:`,
      `  ALTER TABLE ${table} ADD COLUMN ${column} ${added[2]};`,
      `  UPDATE ${table} SET ${column} = … WHERE ${column} IS NULL;`,
      `  ALTER TABLE ${table} ALTER COLUMN ${column} SET NOT NULL;`,
      `or give the column a default: ADD COLUMN ${column} ${added[2]} NOT NULL DEFAULT …`,
    ].join("\n");
  }
  return [
    `There are rows of ${table} without a value in ${column}. Fill them first:`,
    `  UPDATE ${table} SET ${column} = … WHERE ${column} IS NULL;`,
    `and look for them with: SELECT * FROM ${table} WHERE ${column} IS NULL LIMIT 10;`,
  ].join("\n");
}
