import { quoteLiteral } from "../../../database/quote.ts";
import { nameOf } from "../../../files/object-name.ts";
import { createCursor, peekText, peekWord, takeName, takeParentheses, takeWords } from "../../../files/token-cursor.ts";
import { type Ask, askIfPossible, type FailedStatement, refusedSql } from "./failed-statement.ts";
import { tableOf, written } from "./names.ts";

/** 23502: rows are there, or are written, that have no value for the column. */
export async function adviseOnNotNull(failed: FailedStatement, ask: Ask): Promise<string> {
  const { fields } = failed;
  if (fields.column === undefined) {
    const domain = fields.dataType === undefined ? "the domain" : `the domain ${written(fields.dataType)}`;
    return `A row has no value where ${domain} wants one. Give the column a DEFAULT, or fill the rows first.`;
  }
  const table = tableOf(failed);
  const column = written(fields.column);
  const sql = refusedSql(failed);
  const added = addedColumn(sql, fields.column);
  if (added?.generated === true) {
    return `The expression that generates ${column} is NULL for rows of ${table}: write COALESCE(…), or leave NOT NULL out.`;
  }
  if (added !== undefined) {
    const rows = await rowsOf(table, ask);
    return [
      `${table} has rows${rows}, and a new column that is NOT NULL and has no default would have no value in them. Do it in steps:`,
      `  ALTER TABLE ${table} ADD COLUMN ${column} ${added.type};`,
      `  UPDATE ${table} SET ${column} = … WHERE ${column} IS NULL;`,
      `  ALTER TABLE ${table} ALTER COLUMN ${column} SET NOT NULL;`,
      "or give it a default, which the rows that are there get too:",
      `  ALTER TABLE ${table} ADD COLUMN ${column} ${added.type} NOT NULL DEFAULT …;`,
    ].join("\n");
  }
  if (/\balter\s+table\b/i.test(sql)) {
    const again = /\bprimary\s+key\b/i.test(sql)
      ? "  and then add the primary key."
      : `  ALTER TABLE ${table} ALTER COLUMN ${column} SET NOT NULL;`;
    return [
      `Rows of ${table} have no value in ${column}. Fill them first:`,
      `  UPDATE ${table} SET ${column} = … WHERE ${column} IS NULL;`,
      again,
      `How many there are: SELECT count(*) FROM ${table} WHERE ${column} IS NULL;`,
    ].join("\n");
  }
  return `The statement writes a row of ${table} without a value for ${column}, which must have one: name the column and give it a value, or give it a default:\n  ALTER TABLE ${table} ALTER COLUMN ${column} SET DEFAULT …;`;
}

/** What ends the type in the definition of a column. Source: column_constraint in "CREATE TABLE". */
const AFTER_TYPE =
  "constraint not null default check references unique primary generated deferrable initially storage compression";
const ENDS_TYPE: ReadonlySet<string> = new Set(AFTER_TYPE.split(" "));

interface AddedColumn {
  readonly type: string;
  readonly generated: boolean;
}

/** The definition of a column that ALTER TABLE … ADD adds, if the SQL has one. */
function addedColumn(sql: string, column: string): AddedColumn | undefined {
  const cursor = createCursor(sql);
  for (; cursor.at < cursor.tokens.length; cursor.at++) {
    if (!takeWords(cursor, "add")) continue;
    takeWords(cursor, "column");
    takeWords(cursor, "if", "not", "exists");
    if (nameOf(sql, cursor.tokens[cursor.at]) !== column) continue;
    takeName(cursor);
    const from = cursor.tokens[cursor.at]?.start;
    let end = from;
    while (cursor.at < cursor.tokens.length && !ENDS_TYPE.has(peekWord(cursor)) && !/^[,;]$/.test(peekText(cursor))) {
      const before = cursor.at;
      takeParentheses(cursor);
      if (cursor.at === before) cursor.at++;
      end = cursor.tokens[cursor.at - 1]?.end;
    }
    const generated = takeWords(cursor, "generated", "always", "as") && peekText(cursor) === "(";
    return { type: sql.slice(from, end), generated };
  }
  return undefined;
}

/** How many rows the statistics know of; counting them would take as long as the table is large. */
async function rowsOf(table: string, ask: Ask): Promise<string> {
  const [row] = await askIfPossible(
    ask,
    `SELECT reltuples::bigint FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass(${quoteLiteral(table)})`,
  );
  const count = Number(row?.[0] ?? 0);
  return count > 0 ? ` (about ${count.toLocaleString("en-US")})` : "";
}
