import { suggest } from "../../../files/suggest.ts";
import { createOrSkip } from "./bare-sql.ts";
import { type Ask, askIfPossible, type FailedStatement, quotedNames, refusedSql } from "./failed-statement.ts";
import { listed, splitName, written, writtenIn } from "./names.ts";

const RELATIONS = `SELECT n.nspname, c.relname FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  ORDER BY 1, 2 LIMIT 10000`;

/** 42P01: the relation does not exist; perhaps it has another schema, other capitals, or nearly this name. */
export async function adviseOnMissingRelation(failed: FailedStatement, ask: Ask): Promise<string | undefined> {
  const { fields, direction } = failed;
  const name = quotedNames(fields.message)[0];
  if (name === undefined) return undefined;
  if (fields.message.includes("FROM-clause")) {
    return `${written(name)} is not in the FROM of this statement: join it there, or use the alias that it has there.`;
  }
  const { schema, bare } = splitName(name);
  const rows = await askIfPossible(ask, RELATIONS);
  const found = rows.map(([space, relation]) => ({ space: space ?? "", relation: relation ?? "" }));
  const elsewhere = found.filter(({ relation }) => relation === bare);
  if (elsewhere.length > 0) {
    const names = elsewhere.map(({ space, relation }) => `${written(space)}.${written(relation)}`);
    const place = schema === undefined ? "in the search_path" : `in schema ${written(schema)}`;
    // Outside a transaction SET LOCAL has no effect.
    const local = schema === undefined && failed.transaction;
    const path = `, or begin the migration with SET LOCAL search_path = ${written(elsewhere[0]?.space ?? "")}, public;`;
    return `It is not ${place}, but there is ${listed(names)}: write that schema${local ? path : "."}`;
  }
  const cased = found.find(({ relation }) => relation.toLowerCase() === bare.toLowerCase());
  if (cased !== undefined) {
    return `There is ${writtenIn(cased.space, cased.relation)}: names without double quotes are read in lower case, names with them as they stand.`;
  }
  if (/^\s*drop\b/i.test(refusedSql(failed)) && direction === "down") {
    return `${written(bare)} is gone already: write DROP … IF EXISTS, or look who dropped it.`;
  }
  const near = suggest(
    bare,
    found.map(({ relation }) => relation),
  );
  const meant = near === undefined ? "" : ` Is ${written(near)} meant?`;
  return `No schema has a table, view or sequence ${written(bare)}.${meant} ${createOrSkip(refusedSql(failed))}`;
}
