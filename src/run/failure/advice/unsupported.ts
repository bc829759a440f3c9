import { type Ask, type FailedStatement, quotedNames, refusedSql } from "./failed-statement.ts";
import { adviseOnExtension } from "./missing-extension.ts";
import { written } from "./names.ts";

/** 0A000: a form that PostgreSQL does not do, as far as there is another way. */
export async function adviseOnUnsupported(failed: FailedStatement, ask: Ask): Promise<string | undefined> {
  const { message, detail = "" } = failed.fields;
  if (/^extension .* is not available/.test(message)) return adviseOnExtension(failed, ask);
  if (/used by a view or rule/.test(message)) {
    const view = /(?:view|materialized view) (\S+) depends/.exec(detail)?.[1] ?? "…";
    const kind = detail.includes("materialized view") ? "MATERIALIZED VIEW" : "VIEW";
    return `A view uses the column. Drop the view, change the column, and create the view again, all in this migration:\n  DROP ${kind} ${view};\n  ALTER TABLE …;\n  CREATE ${kind} ${view} AS …;`;
  }
  if (/used in a trigger definition|used in a policy definition|used by a generated column/.test(message)) {
    return "Drop what uses the column, change the column, and create it again, all in this migration.";
  }
  if (/unique constraint on partitioned table/.test(message)) {
    return "The key of a partitioned table must have all columns of its PARTITION BY: add them.";
  }
  if (/cross-database references/.test(message)) {
    return "A statement reaches one database alone: write schema.table, without a database before it.";
  }
  if (/^cannot use (?:subquery|column reference)|subquery in check/i.test(message)) {
    return "Such an expression sees its own row alone: use a trigger or a foreign key instead.";
  }
  return undefined;
}

/** 42P16: a view keeps its columns when it is replaced; a table has one primary key. */
export function adviseOnDefinition(failed: FailedStatement): string | undefined {
  const { message } = failed.fields;
  if (/(?:drop columns from|change (?:name|data type|collation) of) view/.test(message)) {
    const view = /\bview\s+([^\s(]+)/i.exec(refusedSql(failed))?.[1] ?? "…";
    return `CREATE OR REPLACE VIEW can only add columns at the end. Drop the view first:\n  DROP VIEW ${view};`;
  }
  if (/multiple primary keys/.test(message)) {
    const table = written(quotedNames(message)[0] ?? "…");
    return `${table} has a primary key already. To have another one, drop it first:\n  ALTER TABLE ${table} DROP CONSTRAINT …;`;
  }
  return undefined;
}
