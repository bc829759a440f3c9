import { quoteLiteral } from "../database/quote.ts";
import { refuseChanges, revokeFromOthers } from "./append-only.ts";
import { TOKEN_FINGERPRINT_SQL } from "./digest.ts";
import { type HistoryTable, STATES } from "./history.ts";
import { quoteLogTable, quoteTable } from "./table-name.ts";

/**
 * The layout of the two tables that this version of gander writes. The default of the column `layout` names the layout
 * of a table: it survives dump and restore, and needs no row.
 */
export const LAYOUT = 2;

/** For the digest over tokens: a sum of numbers costs a start less than one over texts. */
const TOKEN_FINGERPRINT = `token_fingerprint bigint GENERATED ALWAYS AS (${TOKEN_FINGERPRINT_SQL}) STORED`;

/**
 * What a later layout adds to the one before. It only ever adds: columns that may be NULL or have a default, and states
 * whose rows are dirty; nothing is renamed, dropped or given another meaning. So an older gander can read a newer history,
 * and refuses to write it.
 */
const ADDED: readonly { readonly layout: number; readonly changes: (table: HistoryTable) => readonly string[] }[] = [
  {
    layout: 2,
    changes: (table) => [
      `ALTER TABLE ${quoteTable(table)} ADD COLUMN IF NOT EXISTS ${TOKEN_FINGERPRINT}, ADD COLUMN IF NOT EXISTS lease_until timestamptz`,
      `ALTER TABLE ${quoteLogTable(table)} ${["run_id", "deployment", "previous_hash", "hash"].map((column) => `ADD COLUMN IF NOT EXISTS ${column} text`).join(", ")}`,
      ...refuseChanges(table),
      revokeFromOthers(table, "UPDATE, DELETE, TRUNCATE"),
    ],
  },
];

/** Brings the history and its log from an older layout to this one. */
export function upgradeTables(table: HistoryTable, from: number): readonly string[] {
  return [
    ...ADDED.filter(({ layout }) => layout > from).flatMap(({ changes }) => changes(table)),
    `ALTER TABLE ${quoteTable(table)} ALTER COLUMN layout SET DEFAULT ${LAYOUT}`,
    `ALTER TABLE ${quoteLogTable(table)} ALTER COLUMN layout SET DEFAULT ${LAYOUT}`,
  ];
}

/** An expression for the layout that a history has now; NULL where there is no history. */
export function layoutSql(table: HistoryTable): string {
  return `(SELECT pg_catalog.substring(pg_catalog.pg_get_expr(d.adbin, d.adrelid), '[0-9]+')::integer
  FROM pg_catalog.pg_attrdef d JOIN pg_catalog.pg_attribute a
    ON a.attrelid OPERATOR(pg_catalog.=) d.adrelid AND a.attnum OPERATOR(pg_catalog.=) d.adnum
  WHERE d.adrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(${quoteLiteral(quoteTable(table))})
    AND a.attname OPERATOR(pg_catalog.=) 'layout')`;
}

/** Creates the history and its log; one statement each, so that they can be part of a longer message. */
export function createTables(table: HistoryTable): readonly string[] {
  return [
    `CREATE TABLE ${quoteTable(table)} (
  version_id bigint PRIMARY KEY,
  is_dirty boolean NOT NULL,
  "timestamp" timestamptz NOT NULL,
  name text NOT NULL,
  checksum text,
  sequence bigint NOT NULL,
  state text NOT NULL CHECK (state IN (${STATES.map((state) => quoteLiteral(state)).join(", ")})),
  direction text NOT NULL CHECK (direction IN ('up', 'down')),
  duration_ms bigint,
  statements integer NOT NULL,
  statements_done integer NOT NULL,
  error jsonb,
  runner_host text,
  runner_pid integer,
  backend_pid integer,
  backend_start timestamptz,
  migration_text text,
  text_fingerprint bigint,
  source text NOT NULL,
  lease_until timestamptz,
  ${TOKEN_FINGERPRINT},
  layout smallint NOT NULL DEFAULT ${LAYOUT}
)`,
    `CREATE TABLE ${quoteLogTable(table)} (
  id bigint PRIMARY KEY,
  event text NOT NULL,
  version_id bigint,
  name text,
  "timestamp" timestamptz NOT NULL,
  direction text,
  duration_ms bigint,
  statements integer,
  checksum text,
  error jsonb,
  note text,
  database_user text NOT NULL,
  application_name text,
  runner_host text,
  runner_pid integer,
  backend_pid integer,
  gander_version text NOT NULL,
  run_id text,
  deployment text,
  previous_hash text,
  hash text,
  layout smallint NOT NULL DEFAULT ${LAYOUT}
)`,
    ...refuseChanges(table),
    revokeFromOthers(table, "ALL"),
  ];
}

/** The columns that make a table ours, whatever its layout. */
export const OUR_COLUMNS: readonly string[] = ["version_id", "is_dirty", "timestamp", "layout"];
