import type { Connection } from "../../database/connection.ts";
import { PostgresError } from "../../database/postgres-error.ts";
import { quoteLiteral } from "../../database/quote.ts";
import { OUR_COLUMNS } from "../layout.ts";
import { KNOWN_TOOLS } from "../foreign-table.ts";
import { describeTable, quoteTable, type TableName } from "../table-name.ts";
import { adoptError } from "./adopt-error.ts";
import type { Tool, ToolRow, ToolTable } from "./tool.ts";

/** The tables that look like another tool's, and the one that was named, where one was. */
export function toolTablesQuery(named: TableName | undefined): string {
  const names = [...new Set(KNOWN_TOOLS.map(({ table }) => table)), "ar_internal_metadata"];
  const shapes = KNOWN_TOOLS.filter(({ found }) => found === "shape").map(
    ({ columns }) => `columns @> ${array(columns)}`,
  );
  const schema = named?.schema === undefined ? "" : ` AND nspname = ${quoteLiteral(named.schema)}`;
  const asked = named === undefined ? [] : [`(relname = ${quoteLiteral(named.name)}${schema})`];
  return `SELECT coalesce(json_agg(json_build_array(nspname, relname, columns) ORDER BY nspname, relname), '[]') FROM (
  SELECT n.nspname::text, c.relname::text, ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum) AS columns
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' OFFSET 0) t
WHERE (relname = ANY (${array(names)}) OR ${[...shapes, ...asked].join(" OR ")}) AND NOT columns @> ${array(OUR_COLUMNS)}`;
}

function array(texts: readonly string[]): string {
  return `ARRAY[${texts.map(quoteLiteral).join(", ")}]::text[]`;
}

/** Finds the tables that look like another tool's. */
export async function findToolTables(
  connection: Connection,
  named: TableName | undefined,
): Promise<readonly ToolTable[]> {
  const results = await connection.send(toolTablesQuery(named));
  const found = JSON.parse(results.at(-1)?.rows[0]?.[0] ?? "[]") as [string, string, string[]][];
  return found.map(([schema, name, columns]) => ({ schema, name, columns }));
}

/** Reads the rows of a tool's table. @throws HistoryError where it may not be read */
export async function readToolRows(connection: Connection, tool: Tool, table: ToolTable): Promise<readonly ToolRow[]> {
  try {
    const results = await connection.send(
      `SELECT coalesce(json_agg(row_to_json(r)), '[]') FROM (${tool.rowsSql(table)}) r`,
    );
    return JSON.parse(results.at(-1)?.rows[0]?.[0] ?? "[]") as ToolRow[];
  } catch (error) {
    if (!(error instanceof PostgresError)) throw error;
    throw adoptError(
      `${tool.name}'s table ${describeTable(table)} cannot be read: ${error.fields.message}`,
      error.sqlState === "42501"
        ? `Let the role read it: GRANT SELECT ON ${quoteTable(table)} TO the role`
        : "Is it another tool's, or has somebody changed its columns? --tool says which tool it is.",
    );
  }
}
