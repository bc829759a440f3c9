import { type FailedStatement, quotedNames, refusedSql } from "./failed-statement.ts";
import { tableOf, written } from "./names.ts";

/** 42804: PostgreSQL does not convert these types by itself. */
export function adviseOnTypes(failed: FailedStatement): string {
  const { message } = failed.fields;
  const [column = "…"] = quotedNames(message);
  const table = alteredTable(failed);
  const name = written(column);
  const type = /cast automatically to type (.+)$/.exec(message)?.[1];
  if (message.startsWith("default for column")) {
    return [
      `The default of ${name} cannot become the new type by itself. Take it away, change the type, and set it again:`,
      `  ALTER TABLE ${table} ALTER COLUMN ${name} DROP DEFAULT;`,
      `  ALTER TABLE ${table} ALTER COLUMN ${name} TYPE … USING ${name}::…;`,
      `  ALTER TABLE ${table} ALTER COLUMN ${name} SET DEFAULT …;`,
    ].join("\n");
  }
  if (type !== undefined && !/default expression/.test(message)) {
    return `Say how the values become ${type}:\n  ALTER TABLE ${table} ALTER COLUMN ${name} TYPE ${type} USING ${name}::${type};`;
  }
  if (/foreign key constraint/.test(message))
    return "The two columns of a foreign key need types that can be compared: change one of them.";
  return "The types do not go together: write a cast (value::type), or change one of them.";
}

/** 22P02, 22001, 22003, 22007, 22008: a value does not go into the type. The value itself is not repeated. */
export function adviseOnValue(failed: FailedStatement): string {
  const sql = refusedSql(failed);
  if (/\balter\s+table\b[\s\S]*\btype\b/i.test(sql)) {
    return "Values that are there do not go into the new type. Find and mend them first, or convert them in USING, for instance: USING nullif(column, '')::type";
  }
  return "A value in the statement, or one that it reads, does not go into the column's type: write another value, or change the column's type first.";
}

function alteredTable(failed: FailedStatement): string {
  const altered =
    /\balter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?((?:"[^"]+"|[\w$]+)(?:\.(?:"[^"]+"|[\w$]+))?)/i.exec(
      refusedSql(failed),
    )?.[1];
  return altered ?? (failed.fields.table === undefined ? "…" : tableOf(failed));
}
