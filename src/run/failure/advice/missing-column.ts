import { quoteLiteral } from "../../../database/quote.ts";
import { Token } from "../../../files/lexer.ts";
import { nameOf } from "../../../files/object-name.ts";
import { suggest } from "../../../files/suggest.ts";
import { readTokens } from "../../../files/token-walk.ts";
import { type Ask, askIfPossible, type FailedStatement, quotedNames, refusedSql } from "./failed-statement.ts";
import { listed, written, writtenIn } from "./names.ts";

/** 42703: the column does not exist; the tables of the statement have others. */
export async function adviseOnMissingColumn(failed: FailedStatement, ask: Ask): Promise<string | undefined> {
  const { message } = failed.fields;
  const quoted = quotedNames(message);
  const column = quoted[0] ?? /^column (?:\S+\.)?(\S+) does not exist/.exec(message)?.[1];
  if (column === undefined) return undefined;
  const sql = refusedSql(failed);
  const tokens = readTokens(sql);
  const names = new Set(tokens.flatMap((token) => nameOf(sql, token) ?? []));
  if (quoted[1] !== undefined) names.add(quoted[1]);
  const rows = await askIfPossible(ask, columnsOf(quoted[1] === undefined ? [...names] : [quoted[1]]));
  const tables = columnsByTable(rows);
  const told = [...tables].map(([table, columns]) => `${table} has the columns ${listed(columns.map(written), 40)}.`);
  const near = suggest(column, [...tables.values()].flat());
  if (near !== undefined) told.unshift(`Is the column ${written(near)} meant?`);
  const isText = tokens.some((token) => token.kind === Token.quotedName && nameOf(sql, token) === column);
  if (isText && near === undefined) {
    told.unshift(`If "${column}" is a text, write it in single quotes: '${column}'. Double quotes are for names.`);
  }
  if (told.length === 0)
    return "Check the column's name. If another migration adds it, that one must have the lower version.";
  return told.join("\n");
}

function columnsOf(tables: readonly string[]): string {
  const names = tables.slice(0, 200).map((name) => quoteLiteral(name));
  return `SELECT n.nspname, c.relname, a.attname FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relname IN (${names.join(", ")}) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0
      AND NOT a.attisdropped AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    ORDER BY 1, 2, a.attnum LIMIT 400`;
}

function columnsByTable(rows: Awaited<ReturnType<Ask>>): ReadonlyMap<string, string[]> {
  const tables = new Map<string, string[]>();
  for (const [schema, table, column] of rows) {
    const name = writtenIn(schema, table ?? "");
    const columns = tables.get(name) ?? [];
    columns.push(column ?? "");
    tables.set(name, columns);
  }
  return tables;
}
