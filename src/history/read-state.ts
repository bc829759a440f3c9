import type { Connection } from "../database/connection.ts";
import { quoteDollar, quoteLiteral, quoteNullable } from "../database/quote.ts";
import { DIGEST_SQL, DIRTY_SQL } from "./digest.ts";
import { type History, type HistoryRow, type HistoryTable, type RecordedError, STATES } from "./history.ts";
import { OUR_COLUMNS } from "./layout.ts";
import type { TableName } from "./table-name.ts";

/** What the server tells about itself and the history, in one round trip. */
export interface DatabaseState {
  readonly serverVersion: string;
  /** `180004` for 18.4 */
  readonly serverVersionNumber: number;
  readonly backendId: number;
  /** Undefined where only the quick look was taken, which leaves them out. */
  readonly inRecovery: boolean | undefined;
  readonly readOnly: boolean | undefined;
  /** The server's clock, as the server writes it. */
  readonly now: string;
  /** Where the history is or would be; undefined where no schema of the search path exists. */
  readonly table: HistoryTable | undefined;
  readonly exists: boolean;
  /** The columns of a table of that name that is not ours. */
  readonly foreignColumns: readonly string[] | undefined;
  /** The newest layout that the table was made or upgraded for. */
  readonly layout: number | undefined;
  /** Other schemas that have a history of ours; only looked for where ours is absent. */
  readonly elsewhere: readonly string[];
  readonly digest: string | undefined;
  /** Over the bare texts; only the quick look tells it. */
  readonly textDigest?: string | undefined;
  /** The newest applied version and how many are applied; 0 where nothing is. */
  readonly newest: bigint;
  readonly applied: number;
  /** Undefined where the digest was the expected one. */
  readonly rows: readonly HistoryRow[] | undefined;
}

/** `rows`: always tell the rows; otherwise only where the digest is not this one. */
export type RowsWanted = { readonly unlessDigest: string } | "rows";

const RESULT = "gander.state";

/**
 * The message that reads the state. A DO block, since a query that names a missing table would be an error in the
 * server's log; its result travels in a setting that ends with the message. It writes nothing and locks nothing, runs
 * on a standby, and sees only `pg_catalog`, so that nothing in a user's schema can stand in for what it calls.
 */
export function stateMessage(name: TableName, wanted: RowsWanted, role: string | undefined): string {
  const rowsIf = wanted === "rows" ? "true" : `digest IS DISTINCT FROM ${quoteLiteral(wanted.unlessDigest)}`;
  const ours = OUR_COLUMNS.map((column) => quoteLiteral(column)).join(", ");
  const body = `
DECLARE
  target text := ${name.schema === undefined ? "pg_catalog.current_schema()" : quoteLiteral(name.schema)};
  history oid;
  column_names text[];
  foreign_columns text[];
  layout text;
  elsewhere text[];
  digest text;
  newest bigint;
  applied bigint;
  found_rows json;
BEGIN
  PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);${
    role === undefined ? "" : `\n  PERFORM set_config('role', ${quoteLiteral(role)}, true);`
  }
  SELECT c.oid INTO history FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = target AND c.relname = ${quoteLiteral(name.name)};
  IF history IS NOT NULL THEN
    SELECT array_agg(attname::text ORDER BY attnum) INTO column_names FROM pg_attribute
      WHERE attrelid = history AND attnum > 0 AND NOT attisdropped;
    IF column_names @> ARRAY[${ours}] THEN
      SELECT pg_get_expr(d.adbin, d.adrelid) INTO layout FROM pg_attrdef d JOIN pg_attribute a
        ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE d.adrelid = history AND a.attname = 'layout';
      EXECUTE format($q$SELECT ${DIGEST_SQL}, max(version_id) FILTER (WHERE NOT ${DIRTY_SQL}),
          count(*) FILTER (WHERE NOT ${DIRTY_SQL}) FROM %I.%I$q$,
        target, ${quoteLiteral(name.name)}) INTO digest, newest, applied;
      IF ${rowsIf} THEN
        EXECUTE format($q$SELECT coalesce(json_agg(json_build_array(version_id::text, is_dirty, "timestamp", name, checksum, sequence::text,
          state, direction, duration_ms, statements, statements_done, error, runner_host, runner_pid, backend_pid,
          backend_start, source, %s) ORDER BY version_id), '[]') FROM %I.%I$q$,
          CASE WHEN 'lease_until' = ANY (column_names) THEN 'lease_until' ELSE 'NULL' END, target, ${quoteLiteral(name.name)}) INTO found_rows;
      END IF;
    ELSE
      foreign_columns := column_names;
    END IF;
  ELSIF ${name.schema === undefined} THEN
    SELECT array_agg(n.nspname::text ORDER BY n.nspname) INTO elsewhere FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relname = ${quoteLiteral(name.name)} AND c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_'
      AND ARRAY[${ours}] <@ ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = c.oid AND NOT attisdropped);
  END IF;
  PERFORM set_config('${RESULT}', json_build_object(
    'serverVersion', current_setting('server_version'),
    'serverVersionNumber', current_setting('server_version_num')::int,
    'backendId', pg_backend_pid(), 'now', clock_timestamp()::text,
    'inRecovery', pg_is_in_recovery(), 'readOnly', current_setting('transaction_read_only') = 'on',
    'target', target, 'exists', history IS NOT NULL, 'foreignColumns', foreign_columns, 'layout', layout,
    'elsewhere', elsewhere, 'digest', digest, 'newest', newest::text, 'applied', applied, 'rows', found_rows
  )::text, true);
END `;
  return `DO ${quoteDollar(body)};\nSELECT pg_catalog.current_setting(${quoteNullable(RESULT)});`;
}

/** Reads the server's facts and the history in one round trip. */
export async function readState(
  connection: Connection,
  name: TableName,
  wanted: RowsWanted,
  role: string | undefined,
): Promise<DatabaseState> {
  const results = await connection.send(stateMessage(name, wanted, role));
  return parseState(name, results.at(-1)?.rows[0]?.[0] ?? "");
}

/** Reads what `stateMessage` answered. */
export function parseState(name: TableName, text: string): DatabaseState {
  const found = JSON.parse(text);
  return {
    serverVersion: found.serverVersion.split(" ")[0],
    serverVersionNumber: found.serverVersionNumber,
    backendId: found.backendId,
    inRecovery: found.inRecovery,
    readOnly: found.readOnly,
    now: found.now,
    table: found.target === null ? undefined : { schema: found.target, name: name.name },
    exists: found.exists && found.foreignColumns === null,
    foreignColumns: found.foreignColumns ?? undefined,
    layout: found.layout === null ? undefined : Number.parseInt(found.layout.replace(/^'/, ""), 10),
    elsewhere: found.elsewhere ?? [],
    digest: found.digest ?? undefined,
    newest: BigInt(found.newest ?? 0),
    applied: found.applied ?? 0,
    rows:
      found.exists && found.foreignColumns === null && found.rows === null
        ? undefined
        : (found.rows ?? []).map(parseRow),
  };
}

/** The history in a state that was read with its rows. */
export function historyOf(state: DatabaseState & { readonly table: HistoryTable }): History {
  return { table: state.table, exists: state.exists, rows: state.rows ?? [] };
}

type RowJson = readonly [
  version: string,
  dirty: boolean,
  timestamp: string,
  name: string,
  checksum: string | null,
  sequence: string,
  state: string,
  direction: "up" | "down",
  durationMs: number | null,
  statements: number,
  statementsDone: number,
  error: RecordedError | null,
  host: string | null,
  processId: number | null,
  backendId: number | null,
  backendStart: string | null,
  source: string,
  leaseUntil: string | null,
];

function parseRow(json: RowJson): HistoryRow {
  const [version, dirty, timestamp, name, checksum, sequence, state, direction, durationMs, statements, done] = json;
  const [error, host, processId, backendId, backendStart, source, leaseUntil] = [
    json[11],
    json[12],
    json[13],
    json[14],
    json[15],
    json[16],
    json[17],
  ];
  return {
    version: BigInt(version),
    dirty: dirty || !isKnown(state),
    timestamp: new Date(timestamp),
    name,
    checksum: checksum ?? undefined,
    sequence: BigInt(sequence),
    state: isKnown(state) ? state : "newer",
    direction,
    durationMs: durationMs ?? undefined,
    statements,
    statementsDone: done,
    error: error ?? undefined,
    runner:
      backendId === null || backendStart === null
        ? undefined
        : { host: host ?? "", processId: processId ?? 0, backendId, backendStart },
    leaseUntil: leaseUntil === null ? undefined : new Date(leaseUntil),
    source,
  };
}

function isKnown(state: string): state is (typeof STATES)[number] {
  return (STATES as readonly string[]).includes(state);
}
