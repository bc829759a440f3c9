import type { Connection } from "../../database/connection.ts";
import { quoteLiteral } from "../../database/quote.ts";
import type { StatementEffect } from "../../files/statement-effect.ts";
import { findRelation, indexIsWanted, isBeingBuilt } from "./find-object.ts";

/**
 * The statements that remove what these effects left half made: INVALID indexes of CREATE and DROP INDEX, and those that
 * REINDEX CONCURRENTLY leaves beside the ones it rebuilds. One that somebody is building right now stays, as does the
 * index of a partitioned table, which is INVALID until each partition has its own.
 */
export async function findLeftovers(
  connection: Connection,
  effects: readonly StatementEffect[],
): Promise<readonly string[]> {
  const query = leftoversQuery(effects, "DROP INDEX CONCURRENTLY");
  const results = query === undefined ? [] : await connection.send(query);
  return (results.at(-1)?.rows ?? []).flatMap(([statement]) => statement ?? []);
}

/** The query for these statements; undefined where the effects can leave nothing. */
export function leftoversQuery(
  effects: readonly StatementEffect[],
  drop: "DROP INDEX CONCURRENTLY" | "DROP INDEX",
): string | undefined {
  const conditions = effects.flatMap(isLeftover);
  if (conditions.length === 0) return undefined;
  return `SELECT pg_catalog.format('${drop} %I.%I', n.nspname, c.relname) FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE NOT i.indisvalid AND c.relkind = 'i' AND NOT ${isBeingBuilt}
  AND ((${conditions.join(")\n  OR (")})) ORDER BY n.nspname, c.relname`;
}

function isLeftover(effect: StatementEffect): readonly string[] {
  const { action, object, index } = effect;
  if (action === "rebuild") return effect.concurrently ? [isOfRebuild(effect)] : [];
  if (object.kind !== "index") return [];
  if (action === "drop") return [`i.indexrelid = ${findRelation(object.name, false)}`];
  if (object.of === undefined) return [];
  const table = `i.indrelid = ${findRelation(object.of, false)}`;
  if (index === undefined || index.named) return [`${table} AND c.relname = ${quoteLiteral(object.name.name)}`];
  return [`${table} AND c.relname ~ '_idx[0-9]*$' AND ${indexIsWanted(index)}`];
}

const SUFFIX = "_cc(new|old)[0-9]*$";

function isOfRebuild({ object }: StatementEffect): string {
  const suffix = `c.relname ~ '${SUFFIX}'`;
  const found = findRelation(object.name, false);
  switch (object.kind) {
    case "index":
      // The name is cut where it would be too long with the suffix.
      return `${suffix} AND i.indrelid = (SELECT r.indrelid FROM pg_catalog.pg_index r WHERE r.indexrelid = ${found})
  AND pg_catalog.starts_with(${quoteLiteral(object.name.name)}, pg_catalog.regexp_replace(c.relname, '${SUFFIX}', ''))`;
    case "table":
      return `${suffix} AND i.indrelid IN (${withToast(`SELECT ${found} UNION SELECT relid FROM pg_catalog.pg_partition_tree(${found})`)})`;
    case "schema":
      return `${suffix} AND i.indrelid IN (${withToast(
        `SELECT t.oid FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace s ON s.oid = t.relnamespace
  WHERE s.nspname = ${quoteLiteral(object.name.name)}`,
      )})`;
    default:
      return suffix;
  }
}

function withToast(tables: string): string {
  return `WITH own (oid) AS (${tables}) SELECT oid FROM own
  UNION SELECT t.reltoastrelid FROM pg_catalog.pg_class t JOIN own ON own.oid = t.oid WHERE t.reltoastrelid <> 0`;
}
