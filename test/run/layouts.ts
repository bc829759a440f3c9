import { LAYOUT } from "../../src/history/layout.ts";

/** Runs SQL and returns the rows of its last statement, on a server or on PGlite. */
export type Query = (sql: string) => Promise<readonly Record<string, unknown>[]>;

/** The tables as gander made them at first, in layout 1. */
const LAYOUT_1 = `CREATE TABLE public.schema_migrations (
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
  layout smallint NOT NULL DEFAULT 1
);
CREATE TABLE public.schema_migrations_log (
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
  layout smallint NOT NULL DEFAULT 1
);`;

const COLUMNS = `version_id, is_dirty, "timestamp", name, checksum, sequence, state, direction, duration_ms, statements,
  statements_done, error, runner_host, runner_pid, backend_pid, backend_start, migration_text, text_fingerprint, source`;
const LOG_COLUMNS = `id, event, version_id, name, "timestamp", direction, duration_ms, statements, checksum, error, note,
  database_user, application_name, runner_host, runner_pid, backend_pid, gander_version`;

/** Puts the rows of a history into tables of layout 1. */
export async function makeLayout1(query: Query): Promise<void> {
  await query(`BEGIN;
CREATE TEMP TABLE kept AS SELECT * FROM public.schema_migrations;
CREATE TEMP TABLE kept_log AS SELECT * FROM public.schema_migrations_log;
DROP TABLE public.schema_migrations, public.schema_migrations_log;
${LAYOUT_1}
INSERT INTO public.schema_migrations (${COLUMNS}) SELECT ${COLUMNS} FROM kept;
INSERT INTO public.schema_migrations_log (${LOG_COLUMNS}) SELECT ${LOG_COLUMNS} FROM kept_log;
DROP TABLE kept, kept_log;
COMMIT`);
}

/** Makes of a history what a gander to come might: one more column, one more state, the next layout. */
export async function makeNextLayout(query: Query): Promise<void> {
  await query(`BEGIN;
ALTER TABLE public.schema_migrations ADD COLUMN mood text NOT NULL DEFAULT 'calm';
ALTER TABLE public.schema_migrations DROP CONSTRAINT schema_migrations_state_check;
ALTER TABLE public.schema_migrations ALTER COLUMN layout SET DEFAULT ${LAYOUT + 1};
ALTER TABLE public.schema_migrations_log ADD COLUMN mood text;
ALTER TABLE public.schema_migrations_log ALTER COLUMN layout SET DEFAULT ${LAYOUT + 1};
COMMIT`);
}

/** The layouts that the two tables have by their defaults, whether leases have a place, and the events of the log. */
export async function describeLayout(query: Query) {
  const [found] = await query(`SELECT
  (SELECT pg_catalog.json_agg(column_default ORDER BY table_name) FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name LIKE 'schema_migrations%' AND column_name = 'layout') AS layouts,
  EXISTS (SELECT FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = 'schema_migrations' AND column_name = 'lease_until') AS leases,
  (SELECT pg_catalog.json_agg(note ORDER BY id) FROM public.schema_migrations_log WHERE event = 'upgraded') AS upgrades`);
  return found;
}
