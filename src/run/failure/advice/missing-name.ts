import { quoteLiteral } from "../../../database/quote.ts";
import { suggest } from "../../../files/suggest.ts";
import { bareSql, createOrSkip } from "./bare-sql.ts";
import { createExtensionFor } from "./extensions.ts";
import { type Ask, askIfPossible, type FailedStatement, quotedNames, refusedSql } from "./failed-statement.ts";
import { adviseOnForeignSql } from "./foreign-sql.ts";
import { adviseOnExtension } from "./missing-extension.ts";
import { listed, splitName, written, writtenIn } from "./names.ts";

/** Types of other databases, and what PostgreSQL has instead. */
const TYPES: Readonly<Record<string, string>> = {
  datetime: "timestamptz",
  datetime2: "timestamptz",
  smalldatetime: "timestamptz",
  tinyint: "smallint",
  mediumint: "integer",
  unsigned: "bigint, with a CHECK where it must not be negative",
  blob: "bytea",
  longblob: "bytea",
  varbinary: "bytea",
  longtext: "text",
  mediumtext: "text",
  tinytext: "text",
  clob: "text",
  string: "text",
  nvarchar: "varchar or text",
  varchar2: "varchar or text",
  number: "numeric",
  double: "double precision",
  uniqueidentifier: "uuid",
  enum: "a type that CREATE TYPE … AS ENUM ('…', '…') made, or text with a CHECK",
};

/** 42704: a type, role, extension, index, constraint or another object does not exist. */
export async function adviseOnMissingName(failed: FailedStatement, ask: Ask): Promise<string | undefined> {
  const { message } = failed.fields;
  const [name = "", owner] = quotedNames(message);
  const sql = refusedSql(failed);
  if (message.startsWith("type ")) return adviseOnForeignSql(bareSql(sql)) ?? adviseOnType(name, sql, ask);
  if (message.startsWith("extension ")) return adviseOnExtension(failed, ask);
  if (message.startsWith("role ")) {
    if (/^\s*drop\b/i.test(sql)) return createOrSkip(sql);
    return `Roles belong to the whole server, not to a database. Its administrator creates this one before the migration runs:\n  CREATE ROLE ${written(name)};`;
  }
  if (message.startsWith("data type ")) return adviseOnOperatorClass(message);
  if (message.startsWith("operator class ")) {
    const create = createExtensionFor(splitName(name).bare);
    if (create !== undefined) return `${name} comes with an extension; create it in an earlier migration:\n  ${create}`;
  }
  if (message.startsWith("unrecognized configuration parameter")) {
    return /^\s*show\s+tables\b/i.test(sql)
      ? "SHOW TABLES is MySQL's: read pg_catalog.pg_tables."
      : `This server has no setting ${name}: check its name, and whether the server's version and extensions have it.`;
  }
  const table = owner === undefined ? undefined : splitName(owner);
  const found = message.startsWith("index ")
    ? await indexes(ask)
    : table && (await partsOf(message.split(" ")[0] ?? "", table.bare, ask));
  const exact = found?.find(({ bare }) => bare === splitName(name).bare);
  if (exact !== undefined) return `It is not in the search_path, but there is ${exact.full}: write the schema.`;
  const near = suggest(
    name,
    (found ?? []).map(({ bare }) => bare),
  );
  const meant = near === undefined ? "" : ` Is ${written(near)} meant?`;
  const others =
    table !== undefined && near === undefined && found !== undefined && found.length > 0
      ? ` ${written(table.bare)} has ${listed(found.map(({ full }) => full))}.`
      : "";
  return `It does not exist.${meant}${others} Where it may be missing, write IF EXISTS; where it is needed, create it in an earlier migration.`;
}

async function adviseOnType(named: string, sql: string, ask: Ask): Promise<string> {
  const { bare } = splitName(named.replaceAll(/\[\]|\(.*\)/g, ""));
  const instead = TYPES[bare.toLowerCase()];
  const rows = await askIfPossible(
    ask,
    `SELECT n.nspname, t.typname FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE t.typtype <> 'p' AND t.typname !~ '^_' AND n.nspname !~ '^pg_(toast|temp)' AND n.nspname <> 'information_schema'
    LIMIT 10000`,
  );
  const elsewhere = rows.filter(([, type]) => type === bare);
  if (elsewhere.length > 0) {
    const names = elsewhere.map(([schema, type]) => `${written(schema ?? "")}.${written(type ?? "")}`);
    return `The type is not in the search_path, but there is ${listed(names)}: write the schema.`;
  }
  if (instead !== undefined) return `PostgreSQL has no type ${bare}: write ${instead}.`;
  const create = createExtensionFor(bare);
  if (create !== undefined)
    return `The type ${bare} comes with an extension; create it in an earlier migration:\n  ${create}`;
  const near = suggest(bare, [...rows.flatMap(([, type]) => type ?? []), "integer", "bigint", "smallint", "boolean"]);
  return `There is no type ${written(bare)}.${near === undefined ? "" : ` Is ${written(near)} meant?`} ${createOrSkip(sql)}`;
}

function adviseOnOperatorClass(message: string): string {
  const method = /access method "(gin|gist)"/.exec(message)?.[1];
  return method === undefined
    ? "An index of this kind does not know the type: name an operator class after the column, or take another kind of index."
    : `A ${method} index does not know the type by itself: name an operator class after the column (gin_trgm_ops for text, say), or for plain values:\n  CREATE EXTENSION IF NOT EXISTS btree_${method};`;
}

interface Found {
  readonly bare: string;
  readonly full: string;
}

async function indexes(ask: Ask): Promise<readonly Found[]> {
  const rows = await askIfPossible(
    ask,
    `SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('i', 'I') AND n.nspname !~ '^pg_' ORDER BY 1, 2 LIMIT 10000`,
  );
  return rows.map(([schema, name]) => ({ bare: name ?? "", full: writtenIn(schema, name ?? "") }));
}

/** The constraints, triggers or policies of the tables of a name. */
async function partsOf(kind: string, table: string, ask: Ask): Promise<readonly Found[]> {
  const rows = await askIfPossible(
    ask,
    `SELECT x.name FROM pg_catalog.pg_class c CROSS JOIN LATERAL (
      SELECT 'constraint' AS kind, conname AS name FROM pg_catalog.pg_constraint WHERE conrelid = c.oid
      UNION ALL SELECT 'trigger', tgname FROM pg_catalog.pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal
      UNION ALL SELECT 'policy', polname FROM pg_catalog.pg_policy WHERE polrelid = c.oid) x
    WHERE c.relname = ${quoteLiteral(table)} AND x.kind = ${quoteLiteral(kind)} ORDER BY 1 LIMIT 100`,
  );
  return rows.map(([name]) => ({ bare: name ?? "", full: written(name ?? "") }));
}
