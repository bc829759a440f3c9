import type { HistoryTable } from "./history.ts";
import { quoteLogTable, quoteTable } from "./table-name.ts";

/**
 * The layout of the two tables that this version of gander writes. The default of the column `layout` names the layout
 * of a table: it survives dump and restore, and needs no row.
 */
export const LAYOUT = 2;

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
  state text NOT NULL CHECK (state IN ('applied', 'failed', 'running', 'stopped', 'resumable')),
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
  layout smallint NOT NULL DEFAULT ${LAYOUT}
)`,
  ];
}

/** The columns that make a table ours, whatever its layout. */
export const OUR_COLUMNS: readonly string[] = ["version_id", "is_dirty", "timestamp", "layout"];
