import { quoteLiteral } from "../../database/quote.ts";
import { type Ask, type FailedStatement, quotedNames, written } from "./failed-statement.ts";

/** 42P01: the relation does not exist; perhaps it has another schema, or nearly this name. */
export async function adviseOnMissingRelation({ fields }: FailedStatement, ask: Ask): Promise<string | undefined> {
  const name = quotedNames(fields.message)[0];
  if (name === undefined) return undefined;
  const bare = name.split(".").at(-1) as string;
  const rows = await ask(`SELECT n.nspname, c.relname FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`);
  const found = rows.map(([schema, relation]) => ({ schema: schema ?? "", relation: relation ?? "" }));
  const elsewhere = found.filter(({ relation }) => relation === bare);
  if (elsewhere.length > 0) {
    const names = elsewhere.map(({ schema, relation }) => `${written(schema)}.${written(relation)}`);
    return `It is not in the search_path, but there is ${names.join(" and ")}: write the schema, or SET LOCAL search_path in the migration.`;
  }
  const near = found.filter(({ relation }) => distance(relation, bare) <= Math.max(1, Math.floor(bare.length / 4)));
  const meant = near.length === 0 ? "" : ` Is ${near.map(({ relation }) => relation).join(" or ")} meant?`;
  return `No schema has a table, view or sequence ${bare}.${meant} If another migration makes it, that one must have the lower version.`;
}

/** 42703: the column does not exist; the table may have one of nearly this name. */
export async function adviseOnMissingColumn({ fields }: FailedStatement, ask: Ask): Promise<string | undefined> {
  const [column, table] = quotedNames(fields.message);
  if (column === undefined || table === undefined) return undefined;
  const rows =
    await ask(`SELECT attname FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass(${quoteLiteral(written(table))})
    AND attnum > 0 AND NOT attisdropped ORDER BY attnum`);
  if (rows.length === 0) return undefined;
  return `${table} has the columns ${rows.map(([name]) => name).join(", ")}.`;
}

/** How many letters must change to make one word of another. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
