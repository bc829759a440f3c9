import type { Connection } from "../database/connection.ts";
import { quoteIdentifier, quoteLiteral } from "../database/quote.ts";
import type { ConcurrentIndex } from "../files/concurrent-index.ts";
import type { ObjectName } from "../files/object-name.ts";

/** What the catalog has of an index. */
export type IndexState = "valid" | "invalid" | "missing";

function quoteName({ schema, name }: ObjectName): string {
  return schema === undefined ? quoteIdentifier(name) : `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

/** Finds the index by its name: a new one is in the schema of its table, one to drop where its name says. */
function findIndex({ name, table }: ConcurrentIndex): string {
  const named = `pg_catalog.to_regclass(${quoteLiteral(quoteName(name as ObjectName))})`;
  if (table === undefined) return `i.indexrelid = ${named}`;
  return `c.relname = ${quoteLiteral((name as ObjectName).name)} AND c.relnamespace =
    (SELECT relnamespace FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass(${quoteLiteral(quoteName(table))}))`;
}

function stateQuery(index: ConcurrentIndex): string {
  return `SELECT i.indisvalid, n.nspname, c.relname FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE ${findIndex(index)}`;
}

/** Looks whether an index is there, and whether it is whole. */
export async function indexState(connection: Connection, index: ConcurrentIndex): Promise<IndexState> {
  const [result] = await connection.send(stateQuery(index));
  const valid = result?.rows[0]?.[0];
  return valid === undefined ? "missing" : valid === "t" ? "valid" : "invalid";
}

/** The statement that removes an INVALID index; undefined where there is none. */
export async function dropInvalidStatement(
  connection: Connection,
  index: ConcurrentIndex,
): Promise<string | undefined> {
  const [result] = await connection.send(stateQuery(index));
  const [valid, schema, name] = result?.rows[0] ?? [];
  if (valid !== "f") return undefined;
  return `DROP INDEX CONCURRENTLY ${quoteIdentifier(schema ?? "")}.${quoteIdentifier(name ?? "")}`;
}

/** Removes an INVALID index without blocking anybody. */
export async function dropInvalidIndex(connection: Connection, index: ConcurrentIndex): Promise<void> {
  const statement = await dropInvalidStatement(connection, index);
  if (statement !== undefined) await connection.send(statement);
}
