import type { TestDatabase } from "../../support/create-database.ts";

/** All relations, columns, constraints, indexes, functions and triggers of a database, but for gander's own tables; and all rows of one table. */
export async function catalogOf(database: TestDatabase, ours: readonly string[]): Promise<unknown> {
  const names = ours.flatMap((name) => [name, `${name}_log`]);
  const not = `NOT (c.relname = ANY (ARRAY[${names.map((name) => `'${name}'`).join(", ")}]::text[]))`;
  const user = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";
  return [
    await database.query(`SELECT n.nspname, c.relname, c.relkind, a.attname, a.attnum, format_type(a.atttypid, a.atttypmod) AS type,
        a.attnotnull, pg_get_expr(d.adbin, d.adrelid) AS "default", c.relfilenode
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
      WHERE ${user} AND ${not} AND c.relkind <> 'i' ORDER BY 1, 2, a.attnum`),
    await database.query(`SELECT n.nspname, c.relname, conname, pg_get_constraintdef(k.oid) AS def
      FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE ${user} AND ${not} ORDER BY 1, 2, 3`),
    await database.query(`SELECT n.nspname, c.relname, pg_get_indexdef(i.indexrelid) AS def FROM pg_index i
      JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE ${user} AND ${not} ORDER BY 1, 2, 3`),
    await database.query(`SELECT n.nspname, p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE ${user} AND NOT p.proname ~ '_log_refuse$' ORDER BY 1, 2`),
  ];
}
