import { quoteLiteral } from "../../../database/quote.ts";
import { type Ask, askIfPossible, type FailedStatement, quotedNames, refusedSql } from "./failed-statement.ts";
import { splitName, tableOf, written } from "./names.ts";

// The values in the server's detail may be personal: only the names of the columns are taken from it.

/** 23505: rows that are there already have the same values. */
export function adviseOnDuplicates(failed: FailedStatement): string {
  const columns = /^Key \((.+?)\)=/.exec(failed.fields.detail ?? "")?.[1];
  const table = tableOf(failed);
  const inserts = /^\s*(?:with|insert|update|copy|merge)\b/i.test(refusedSql(failed));
  const name = failed.fields.constraint;
  if (columns === undefined) return `Rows of ${table} have the same values where they must differ.`;
  const find = `  SELECT ${columns}, count(*) FROM ${table} GROUP BY ${columns} HAVING count(*) > 1;`;
  if (!inserts) {
    return `Rows of ${table} have the same values in (${columns}). Find them, and change or delete all but one of each:\n${find}`;
  }
  const conflict = `INSERT … ON CONFLICT (${columns}) DO NOTHING (or DO UPDATE)`;
  return `The statement writes a row whose (${columns}) is in ${table} already${name === undefined ? "" : `, against ${written(name)}`}. Leave it out, or write ${conflict}. If the key comes from a sequence, the sequence is behind: SELECT setval(…).`;
}

/** 23503: rows refer to rows that are not there, or are referred to. */
export async function adviseOnOrphans(failed: FailedStatement, ask: Ask): Promise<string> {
  const { detail = "", constraint, message } = failed.fields;
  const found = /^Key \((.+?)\)=.* is not present in table "(.+?)"/s.exec(detail);
  if (found === null) {
    const referring = quotedNames(message).at(-1);
    const from = referring === undefined ? "another table" : written(referring);
    return `Rows of ${from} refer to the rows that the statement deletes or changes: delete or change those first, or give the foreign key ON DELETE CASCADE or SET NULL.`;
  }
  const table = tableOf(failed);
  const columns = (found[1] ?? "").split(", ");
  const parent = splitName(found[2] ?? "");
  const parentTable = written(parent.bare);
  const sql = refusedSql(failed);
  if (failed.sql === undefined) {
    return `At its commit the migration leaves a row of ${table} that refers to a row of ${parentTable} which is not there: write that one too, in the same migration.`;
  }
  if (/^\s*(?:with|insert|update|copy|merge)\b/i.test(sql)) {
    return `The statement writes a row of ${table} that refers to a row of ${parentTable} which is not there: write that one first.`;
  }
  const referred = await referredColumns(sql, parent.bare, columns.length, ask);
  const pairs = columns.map((column, index) => `p.${referred[index] ?? "…"} = t.${column}`);
  return [
    `Rows of ${table} refer to rows of ${parentTable} that are not there. Find them, and mend or delete them:`,
    `  SELECT t.* FROM ${table} t WHERE ${columns.map((column) => `t.${column} IS NOT NULL`).join(" AND ")}`,
    `    AND NOT EXISTS (SELECT FROM ${parentTable} p WHERE ${pairs.join(" AND ")});`,
    "Or add the foreign key with NOT VALID, which holds for new rows alone, and later:",
    `  ALTER TABLE ${table} VALIDATE CONSTRAINT ${constraint === undefined ? "…" : written(constraint)};`,
  ].join("\n");
}

/** The columns that the foreign key refers to: named in the statement, or else the primary key. */
async function referredColumns(sql: string, parent: string, count: number, ask: Ask): Promise<readonly string[]> {
  const named = /\breferences\s+[^\s(]+\s*\(([^)]+)\)/i
    .exec(sql)?.[1]
    ?.split(",")
    .map((name) => name.trim());
  if (named?.length === count) return named;
  const rows = await askIfPossible(
    ask,
    `SELECT a.attname FROM pg_catalog.pg_constraint k
    JOIN pg_catalog.pg_class c ON c.oid = k.conrelid AND pg_catalog.pg_table_is_visible(c.oid)
    CROSS JOIN LATERAL pg_catalog.unnest(k.conkey) WITH ORDINALITY u (attnum, place)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.attnum
    WHERE k.contype = 'p' AND c.relname = ${quoteLiteral(parent)} ORDER BY u.place`,
  );
  return rows.length === count ? rows.map(([name]) => written(name ?? "")) : [];
}

/** 23514: rows break a check, or have no partition. */
export function adviseOnCheck(failed: FailedStatement): string {
  const { constraint, message } = failed.fields;
  const table = tableOf(failed);
  if (/no partition of relation/.test(message)) {
    return `No partition of ${table} takes the row: create the partition first, or a DEFAULT one.`;
  }
  if (/default partition/.test(message)) {
    return "Rows of the default partition belong into the new one: move them out of it before you create or attach it.";
  }
  const name = written(constraint ?? quotedNames(message)[0] ?? "the check");
  const sql = refusedSql(failed);
  if (!/^\s*alter\b/i.test(sql)) {
    return `The statement writes a row of ${table} that breaks the check ${name}. Write another value, or change the check before.`;
  }
  const condition = /\bcheck\s*\(([\s\S]*)\)/i.exec(sql)?.[1]?.trim();
  return [
    `Rows of ${table} break the check ${name}. Find them, and mend them first:`,
    `  SELECT * FROM ${table} WHERE NOT (${condition === undefined || /\bcheck\b/i.test(condition) ? "…" : condition});`,
    "Or add it with NOT VALID, which holds for new rows alone, and later:",
    `  ALTER TABLE ${table} VALIDATE CONSTRAINT ${name};`,
  ].join("\n");
}
