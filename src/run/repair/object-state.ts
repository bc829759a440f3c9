import { quoteLiteral } from "../../database/quote.ts";
import type { ObjectName } from "../../files/object-name.ts";
import type { CatalogObject, IndexFacts, ObjectKind, StatementEffect } from "../../files/statement-effect.ts";
import { findProcedure, findRelation, findType, indexIsWanted, isBeingBuilt } from "./find-object.ts";

/**
 * What the catalog has of an object.
 *
 * - `present`, `missing`: most objects are there or not.
 * - `valid`, `invalid`: an index that is whole or not; a constraint that holds for all rows is `valid`, too.
 * - `building`: an index that somebody is building right now.
 * - `incomplete`: an index of a partitioned table that waits for those of its partitions.
 * - `different`: an index of that name that is of another table, or not of these columns.
 * - `not-validated`: a constraint that was added NOT VALID.
 * - `attached`, `detached`, `detach-pending`: a partition; pending is what an interrupted DETACH … CONCURRENTLY leaves.
 */
export type ObjectState =
  | "present"
  | "missing"
  | "valid"
  | "invalid"
  | "building"
  | "incomplete"
  | "different"
  | "not-validated"
  | "attached"
  | "detached"
  | "detach-pending";

/** The query, of one row and column, that tells the state of the object of an effect. */
export function stateQuery({ action, object, index }: StatementEffect): string {
  const creates = action === "create";
  switch (object.kind) {
    case "index":
      return creates && object.of !== undefined
        ? newIndexQuery(object.name, object.of, index)
        : orMissing(`${INDEX_STATE} FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  WHERE i.indexrelid = ${findRelation(object.name, creates)}`);
    case "constraint":
      return orMissing(`CASE WHEN convalidated THEN 'valid' ELSE 'not-validated' END FROM pg_catalog.pg_constraint
  WHERE conname = ${literal(object.name)} AND (conrelid = ${owner(object)} OR contypid = ${findType(of(object), false)})`);
    case "partition":
      return partitionQuery(object);
    default:
      return `SELECT CASE WHEN ${isPresent(object, creates)} THEN 'present' ELSE 'missing' END`;
  }
}

const INDEX_STATE = `CASE WHEN i.indisvalid THEN 'valid' WHEN c.relkind = 'I' THEN 'incomplete'
  WHEN ${isBeingBuilt} THEN 'building' ELSE 'invalid' END`;

function newIndexQuery(name: ObjectName, table: ObjectName, facts: IndexFacts | undefined): string {
  const wanted = `i.indrelid = ${findRelation(table, false)}${facts === undefined ? "" : ` AND ${indexIsWanted(facts)}`}`;
  return orMissing(`CASE WHEN i.indisvalid AND NOT (${wanted}) THEN 'different' ELSE ${INDEX_STATE} END
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE c.relname = ${literal(name)}
  AND c.relnamespace = (SELECT relnamespace FROM pg_catalog.pg_class WHERE oid = ${findRelation(table, false)})`);
}

function partitionQuery(object: CatalogObject): string {
  const child = findRelation(object.name, false);
  // The column is new in PostgreSQL 14.
  return `SELECT CASE WHEN ${child} IS NULL OR ${owner(object)} IS NULL THEN 'missing' ELSE coalesce((SELECT
  CASE WHEN pg_catalog.to_jsonb(h) ->> 'inhdetachpending' = 'true' THEN 'detach-pending' ELSE 'attached' END
  FROM pg_catalog.pg_inherits h WHERE h.inhrelid = ${child} AND h.inhparent = ${owner(object)}), 'detached') END`;
}

function orMissing(query: string): string {
  return `SELECT coalesce((SELECT ${query} LIMIT 1), 'missing')`;
}

/** The letters that pg_class has for kinds of relations. */
const RELATIONS: Partial<Record<ObjectKind, string>> = {
  table: "'r', 'p'",
  "foreign table": "'f'",
  view: "'v'",
  "materialized view": "'m'",
  sequence: "'S'",
};

/** Catalogs of objects that are in no schema, with the column of the name. */
const GLOBAL: Partial<Record<ObjectKind, readonly [catalog: string, column: string]>> = {
  schema: ["pg_namespace", "nspname"],
  extension: ["pg_extension", "extname"],
  publication: ["pg_publication", "pubname"],
  subscription: ["pg_subscription", "subname"],
  "event trigger": ["pg_event_trigger", "evtname"],
  server: ["pg_foreign_server", "srvname"],
  role: ["pg_roles", "rolname"],
  database: ["pg_database", "datname"],
};

/** Catalogs of objects that are of a table. */
const OWNED: Partial<Record<ObjectKind, readonly [catalog: string, owner: string, column: string]>> = {
  trigger: ["pg_trigger", "tgrelid", "tgname"],
  policy: ["pg_policy", "polrelid", "polname"],
  rule: ["pg_rewrite", "ev_class", "rulename"],
  column: ["pg_attribute", "attnum > 0 AND NOT attisdropped AND attrelid", "attname"],
};

/** Catalogs of other objects in schemas. */
const OTHERS: Partial<Record<ObjectKind, readonly [catalog: string, schema: string, column: string]>> = {
  statistics: ["pg_statistic_ext", "stxnamespace", "stxname"],
  collation: ["pg_collation", "collnamespace", "collname"],
};

function isPresent(object: CatalogObject, creates: boolean): string {
  const { kind, name } = object;
  const relation = RELATIONS[kind];
  if (relation !== undefined) return `${findRelation(name, creates, relation)} IS NOT NULL`;
  const global = GLOBAL[kind];
  if (global !== undefined) return `EXISTS (SELECT FROM pg_catalog.${global[0]} WHERE ${global[1]} = ${literal(name)})`;
  const owned = OWNED[kind];
  if (owned !== undefined) {
    return `EXISTS (SELECT FROM pg_catalog.${owned[0]} WHERE ${owned[1]} = ${owner(object)} AND ${owned[2]} = ${literal(name)})`;
  }
  const other = OTHERS[kind];
  if (other !== undefined) {
    const schema = name.schema === undefined ? "ANY (pg_catalog.current_schemas(true))" : quoteLiteral(name.schema);
    return `EXISTS (SELECT FROM pg_catalog.${other[0]} o JOIN pg_catalog.pg_namespace n ON n.oid = o.${other[1]}
  WHERE n.nspname = ${schema} AND o.${other[2]} = ${literal(name)})`;
  }
  if (kind === "enum value") {
    return `EXISTS (SELECT FROM pg_catalog.pg_enum WHERE enumtypid = ${findType(of(object), false)} AND enumlabel = ${literal(name)})`;
  }
  const found = kind === "type" || kind === "domain" ? findType(name, creates) : findProcedure(name, creates);
  return `${found} IS NOT NULL`;
}

function of(object: CatalogObject): ObjectName {
  return object.of ?? object.name;
}

/** The table that an object is of. */
function owner(object: CatalogObject): string {
  return findRelation(of(object), false);
}

function literal({ name }: ObjectName): string {
  return quoteLiteral(name);
}
