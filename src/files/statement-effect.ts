import type { ObjectName } from "./object-name.ts";

/** The kinds of objects that the catalog can be asked about. */
export type ObjectKind =
  | "table"
  | "foreign table"
  | "view"
  | "materialized view"
  | "sequence"
  | "index"
  | "column"
  | "constraint"
  | "type"
  | "domain"
  | "enum value"
  | "function"
  | "procedure"
  | "aggregate"
  | "trigger"
  | "policy"
  | "rule"
  | "schema"
  | "extension"
  | "statistics"
  | "collation"
  | "publication"
  | "subscription"
  | "event trigger"
  | "server"
  | "role"
  | "database"
  | "partition";

/** An object as a statement names it. */
export interface CatalogObject {
  readonly kind: ObjectKind;
  readonly name: ObjectName;
  /** The table of a column, a constraint, a trigger, a policy, a rule or a new index; a partition's parent; an enum value's type. */
  readonly of?: ObjectName;
}

/** What is said of a new index beside its name. */
export interface IndexFacts {
  /** False where PostgreSQL makes the name up; the one here is the one that it begins with. */
  readonly named: boolean;
  readonly unique: boolean;
  /** Undefined where a key is an expression. */
  readonly columns: readonly string[] | undefined;
}

/**
 * What a statement does to one object of the catalog. A partition that is attached is created and one that is detached is
 * dropped; what is renamed is dropped and created; REINDEX rebuilds.
 */
export interface StatementEffect {
  readonly action: "create" | "drop" | "validate" | "rebuild";
  readonly object: CatalogObject;
  /** IF NOT EXISTS, or IF EXISTS. */
  readonly conditional: boolean;
  /** OR REPLACE: that the object is there says nothing. */
  readonly replaces: boolean;
  readonly concurrently: boolean;
  readonly index?: IndexFacts;
}

/** An effect without any of the options, but those that are given. */
export function effect(
  action: StatementEffect["action"],
  object: CatalogObject,
  options: Partial<Pick<StatementEffect, "conditional" | "replaces" | "concurrently" | "index">> = {},
): StatementEffect {
  return { action, object, conditional: false, replaces: false, concurrently: false, ...options };
}
