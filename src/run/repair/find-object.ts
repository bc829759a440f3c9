import { quoteIdentifier, quoteLiteral } from "../../database/quote.ts";
import type { ObjectName } from "../../files/object-name.ts";
import type { IndexFacts } from "../../files/statement-effect.ts";

/*
 * Expressions that find an object by its name. Not by casts to regclass and the like: those are errors where a schema may
 * not be used, and find a new object of an unqualified name in another schema than the one it would be created in.
 */

/** A relation of these kinds (pg_class.relkind, all by default), as oid; NULL where there is none. */
export function findRelation(name: ObjectName, creates: boolean, kinds?: string): string {
  const ofKind = kinds === undefined ? "" : ` AND o.relkind IN (${kinds})`;
  return find(name, creates, "pg_class", "rel", "pg_table_is_visible", ofKind);
}

/** A type or a domain; not the row type that every table has. */
export function findType(name: ObjectName, creates: boolean): string {
  const own = ` AND (o.typrelid = 0 OR EXISTS (SELECT FROM pg_catalog.pg_class r WHERE r.oid = o.typrelid AND r.relkind = 'c'))`;
  return find(name, creates, "pg_type", "typ", "pg_type_is_visible", own);
}

/** A function, procedure or aggregate, whatever its arguments. */
export function findProcedure(name: ObjectName, creates: boolean): string {
  return find(name, creates, "pg_proc", "pro", "pg_function_is_visible", "");
}

function find(
  { schema, name }: ObjectName,
  creates: boolean,
  catalog: string,
  prefix: string,
  isVisible: string,
  more: string,
): string {
  const where =
    schema !== undefined
      ? `n.nspname = ${quoteLiteral(schema)}`
      : creates
        ? "n.nspname = pg_catalog.current_schema()"
        : `pg_catalog.${isVisible}(o.oid)`;
  return `(SELECT o.oid FROM pg_catalog.${catalog} o JOIN pg_catalog.pg_namespace n ON n.oid = o.${prefix}namespace
  WHERE o.${prefix}name = ${quoteLiteral(name)} AND ${where}${more} ORDER BY o.oid LIMIT 1)`;
}

/** Whether an index `i` is unique as wanted, and of the wanted columns as far as the statement names columns. */
export function indexIsWanted({ unique, columns }: IndexFacts): string {
  const list =
    columns === undefined
      ? ""
      : ` AND ${keysOf} = ARRAY[${columns.map((column) => quoteLiteral(column)).join(", ")}]::text[]`;
  return `i.indisunique = ${unique}${list}`;
}

const keysOf = `ARRAY(SELECT a.attname::text FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
    WHERE k.place <= i.indnkeyatts ORDER BY k.place)`;

/** Whether somebody is building the index `i` right now: it is INVALID until that ends. */
export const isBeingBuilt = `EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index b WHERE b.index_relid = i.indexrelid)`;

/** A name as SQL; without a schema where the statement gave none. */
export function quoteName({ schema, name }: ObjectName): string {
  return schema === undefined ? quoteIdentifier(name) : `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}
