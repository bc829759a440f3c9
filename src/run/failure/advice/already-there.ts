import { quoteLiteral } from "../../../database/quote.ts";
import { KNOWN_TOOLS } from "../../../history/foreign-table.ts";
import { type Ask, askIfPossible, type FailedStatement, quotedNames, refusedSql } from "./failed-statement.ts";
import { tableOf, written } from "./names.ts";

/** 42P07, 42701, 42710, 42723, 42P06, 42712: what the statement creates is there. */
export async function adviseOnExisting(failed: FailedStatement, ask: Ask): Promise<string> {
  const left = failed.transaction ? "" : ", or left by an earlier attempt";
  const why = `It is there already: made by hand or by another tool${left}.`;
  const { sqlState, message } = failed.fields;
  const [name = ""] = quotedNames(message);
  const sql = refusedSql(failed);
  if (sqlState === "42P07" && /\bindex\b/i.test(sql)) {
    const invalid = await isInvalidIndex(name, ask);
    if (invalid) {
      return `The index ${written(name)} is INVALID: a CREATE INDEX CONCURRENTLY left it half made. Drop it and create it again:\n  DROP INDEX CONCURRENTLY ${written(name)};`;
    }
  }
  if (sqlState === "42701" && /more than once/.test(message))
    return "The statement names the column twice: delete one.";
  if (sqlState === "42701") {
    return `${why} If it is what you want: ADD COLUMN IF NOT EXISTS ${written(name)}. Else drop or rename it first.`;
  }
  if (sqlState === "42723")
    return `${why} To replace it: CREATE OR REPLACE FUNCTION. If its result type changes, DROP FUNCTION comes first.`;
  return `${why} ${remedyFor(message, name, failed)}${await otherTool(ask)}`;
}

/** Another tool's table says that it may have made it. */
async function otherTool(ask: Ask): Promise<string> {
  // Names that nothing else has.
  const distinct = KNOWN_TOOLS.filter(
    ({ table, found }) => table.includes("_") && (found === "shape" || found === "name"),
  );
  const names = distinct.map(({ table }) => quoteLiteral(table)).join(", ");
  const rows = await askIfPossible(
    ask,
    `SELECT c.relname FROM pg_catalog.pg_class c WHERE c.relname IN (${names}) AND c.relkind = 'r' ORDER BY 1 LIMIT 1`,
  );
  const table = rows[0]?.[0];
  const known = distinct.find((one) => one.table === table);
  if (known === undefined) return "";
  return `\n${known.tool} has been at work here (${table}). If it has made it: gander adopt takes over what ${known.tool} has applied, and up then runs only what is new.`;
}

function remedyFor(message: string, name: string, failed: FailedStatement): string {
  const kind = /^[a-z]+/.exec(message)?.[0] ?? "";
  const table = quotedNames(message).length > 1 ? written(quotedNames(message).at(-1) ?? "") : tableOf(failed);
  switch (kind) {
    case "type":
      return `CREATE TYPE has no IF NOT EXISTS: drop the type first, if nothing uses it:\n  DROP TYPE IF EXISTS ${written(name)};`;
    case "trigger":
      return `Before it:\n  DROP TRIGGER IF EXISTS ${written(name)} ON ${table};`;
    case "policy":
      return `Before it:\n  DROP POLICY IF EXISTS ${written(name)} ON ${table};`;
    case "constraint":
      return `ADD CONSTRAINT has no IF NOT EXISTS. Before it:\n  ALTER TABLE ${table} DROP CONSTRAINT IF EXISTS ${written(name)};`;
    case "enum":
      return "If it is what you want: ADD VALUE IF NOT EXISTS.";
    case "role":
      return "Roles belong to the whole server: create it outside of migrations, or only where pg_catalog.pg_roles lacks it.";
    default:
      return "If it is what you want, write IF NOT EXISTS; else drop or rename it first.";
  }
}

async function isInvalidIndex(name: string, ask: Ask): Promise<boolean> {
  const rows = await askIfPossible(
    ask,
    `SELECT 1 FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    WHERE c.relname = ${quoteLiteral(name)} AND NOT i.indisvalid`,
  );
  return rows.length > 0;
}
