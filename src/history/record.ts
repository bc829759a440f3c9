import { quoteLiteral } from "../database/quote.ts";
import type { Migration } from "../files/migration.ts";
import { fingerprintText } from "../files/fingerprint.ts";
import type { HistoryTable, RecordedError } from "./history.ts";
import { doBlock } from "./do-block.ts";
import { eventOf, logEvent } from "./log-event.ts";
import { quoteTable } from "./table-name.ts";
import { leaseOf, meOf, myStartOf, NOW, type Writer } from "./writer.ts";

/** The SQLSTATE with which a step that is not ours any more stops its own message. */
export const NOT_OURS = "GA002";

function isVersion(version: bigint): string {
  return `version_id OPERATOR(pg_catalog.=) ${version}`;
}

/**
 * Claims a version for this session: what a failed try left goes, and the primary key lets one claimant through. The
 * row is dirty until `finishUp` has run in the same transaction (or, outside one, after the last statement).
 */
export function claimUp(table: HistoryTable, migration: Migration, writer: Writer): readonly string[] {
  const { version, name, checksum, up, text, transaction } = migration;
  // Outside a transaction a dirty row of another state says what of it has run, and must not go.
  const replaced = transaction ? "" : " AND state OPERATOR(pg_catalog.=) 'failed'";
  return [
    `DELETE FROM ${quoteTable(table)} WHERE ${isVersion(version)} AND is_dirty${replaced}`,
    insertRow(table, {
      version,
      dirty: "true",
      name: quoteLiteral(name),
      checksum: quoteLiteral(checksum),
      state: "'running'",
      statements: up.length,
      error: "NULL",
      writer,
      text,
    }),
  ];
}

interface RowSql {
  readonly version: bigint;
  readonly dirty: string;
  readonly name: string;
  readonly checksum: string;
  readonly state: string;
  readonly statements: number;
  readonly error: string;
  readonly writer: Writer;
  readonly text: string;
}

function insertRow(table: HistoryTable, row: RowSql): string {
  return `INSERT INTO ${quoteTable(table)} (version_id, is_dirty, "timestamp", name, checksum, sequence, state, direction,
  statements, statements_done, error, runner_host, runner_pid, backend_pid, backend_start, lease_until,
  migration_text, text_fingerprint, source)
SELECT ${row.version}, ${row.dirty}, ${NOW}, ${row.name}, ${row.checksum},
  (SELECT coalesce(pg_catalog.max(sequence), 0) OPERATOR(pg_catalog.+) 1 FROM ${quoteTable(table)}), ${row.state}, 'up',
  ${row.statements}, 0, ${row.error}, ${quoteLiteral(row.writer.host)}, ${row.writer.processId}, ${meOf(row.writer)}, ${myStartOf(row.writer)},
  ${leaseOf(row.writer)},
  ${quoteLiteral(row.text)}, ${fingerprintText(row.version, row.text)}, 'gander'`;
}

/**
 * Makes an applied version dirty before its Down runs. Outside a transaction the row keeps the text that runs now: what is
 * gone on with later must be known.
 */
export function claimDown(table: HistoryTable, migration: Migration, writer: Writer): string {
  const text = migration.transaction ? "" : `${setText(migration)}, `;
  return `UPDATE ${quoteTable(table)} SET is_dirty = true, state = 'running', direction = 'down', "timestamp" = ${NOW},
  statements = ${migration.down?.length ?? 0}, statements_done = 0, error = NULL, ${text}${setRunner(writer)}
WHERE ${isVersion(migration.version)} AND (NOT is_dirty)`;
}

/**
 * Takes a version over that `repair` marked resumable, or whose crashed runner is gone, at the statement it stopped at:
 * `done` of its statements are done, or the row has moved on since it was read.
 */
export function claimResumed(
  table: HistoryTable,
  migration: Migration,
  statements: number,
  done: number,
  writer: Writer,
): string {
  return `UPDATE ${quoteTable(table)} SET state = 'running', "timestamp" = ${NOW}, statements = ${statements}, error = NULL,
  ${setText(migration)}, ${setRunner(writer)}
WHERE ${isVersion(migration.version)} AND is_dirty AND statements_done OPERATOR(pg_catalog.=) ${done}`;
}

function setText({ version, checksum, text }: Migration): string {
  return `checksum = ${quoteLiteral(checksum)}, migration_text = ${quoteLiteral(text)},
  text_fingerprint = ${fingerprintText(version, text)}`;
}

function setRunner(writer: Writer): string {
  return `runner_host = ${quoteLiteral(writer.host)}, runner_pid = ${writer.processId}, backend_pid = ${meOf(writer)}, backend_start = ${myStartOf(writer)},
  lease_until = ${leaseOf(writer)}`;
}

/** Ours is a row that this very session, or what stands for it, claimed and that nothing took away since. */
function isOurs(version: bigint, writer: Writer): string {
  const session = `backend_pid OPERATOR(pg_catalog.=) ${meOf(writer)}`;
  const start = writer.standIn === undefined ? "" : ` AND backend_start OPERATOR(pg_catalog.=) ${myStartOf(writer)}`;
  return `${isVersion(version)} AND state OPERATOR(pg_catalog.=) 'running' AND ${session}${start}`;
}

/** A sign of life; stops its message where the claim is gone. */
export function renewLease(table: HistoryTable, version: bigint, writer: Writer): string {
  return changeOne(
    `UPDATE ${quoteTable(table)} SET lease_until = ${leaseOf(writer)} WHERE ${isOurs(version, writer)}`,
    NOT_OURS,
  );
}

/** Lets a row go that is to be taken over by another connection, at once. */
export function endLease(table: HistoryTable, version: bigint, writer: Writer): string {
  return `UPDATE ${quoteTable(table)} SET lease_until = NULL WHERE ${isOurs(version, writer)}`;
}

/** PL/pgSQL statements around what ends a step; after it `head` is the hash of the event in the log. */
export interface Around {
  readonly before?: string;
  readonly after?: string;
}

/** The DO block that ends an Up: marks the version applied, and stops the message if the claim is gone. */
export function finishUp(table: HistoryTable, migration: Migration, writer: Writer, around: Around = {}): string {
  const finish = `UPDATE ${quoteTable(table)} SET is_dirty = false, state = 'applied', "timestamp" = ${NOW},
    duration_ms = ${elapsed('"timestamp"')}, statements_done = statements WHERE ${isOurs(migration.version, writer)}
    RETURNING duration_ms INTO took`;
  return finishBlock(
    finish,
    around,
    logEvent(table, { ...eventOf(migration, "up", "applied"), durationSql: "took" }, writer),
  );
}

/** The DO block that ends a Down: the version leaves the history. */
export function finishDown(
  table: HistoryTable,
  migration: Migration,
  writer: Writer,
  around: Around = {},
  note?: string,
): string {
  const finish = `DELETE FROM ${quoteTable(table)} WHERE ${isOurs(migration.version, writer)}
    RETURNING ${elapsed('"timestamp"')} INTO took`;
  const event = { ...eventOf(migration, "down", "rolled back"), durationSql: "took", note };
  return finishBlock(finish, around, logEvent(table, event, writer));
}

function finishBlock(finish: string, { before = "", after = "" }: Around, log: string): string {
  return doBlock(`DECLARE took bigint; changed bigint; head text;
BEGIN
  ${before}
  ${finish};
  GET DIAGNOSTICS changed = ROW_COUNT;
  IF changed OPERATOR(pg_catalog.<>) 1 THEN
    RAISE EXCEPTION 'the claim of the migration is gone from the history' USING ERRCODE = '${NOT_OURS}';
  END IF;
  ${log} RETURNING hash INTO head;
  ${after}
END`);
}

/** Milliseconds since a column's time, as bigint. */
function elapsed(column: string): string {
  const seconds = `pg_catalog.date_part('epoch', ${NOW} OPERATOR(pg_catalog.-) ${column})`;
  return `(${seconds} OPERATOR(pg_catalog.*) 1000)::bigint`;
}

/**
 * How many statements are done; sent in one message with the statement where PostgreSQL allows it, and undoes it there if
 * the claim is gone.
 */
export function recordProgress(table: HistoryTable, migration: Migration, done: number, writer: Writer): string {
  return changeOne(
    `UPDATE ${quoteTable(table)} SET statements_done = ${done}${writer.standIn === undefined ? "" : `, lease_until = ${leaseOf(writer)}`}
  WHERE ${isOurs(migration.version, writer)}`,
    NOT_OURS,
  );
}

/** The DO block for a change that must change one row, else it stops its message. */
export function changeOne(change: string, sqlState: string): string {
  return doBlock(`DECLARE changed bigint;
BEGIN
  ${change};
  GET DIAGNOSTICS changed = ROW_COUNT;
  IF changed OPERATOR(pg_catalog.<>) 1 THEN
    RAISE EXCEPTION 'the claim of the migration is gone from the history' USING ERRCODE = '${sqlState}';
  END IF;
END`);
}

/**
 * Notes a try that failed and was rolled back: a dirty row for a version that has none, and an event in the log. A
 * version that was applied meanwhile keeps its row.
 */
export function recordFailedUp(
  table: HistoryTable,
  migration: Migration,
  error: RecordedError,
  writer: Writer,
): readonly string[] {
  const json = `${quoteLiteral(JSON.stringify(error))}::jsonb`;
  return [
    `DELETE FROM ${quoteTable(table)} WHERE ${isVersion(migration.version)} AND is_dirty`,
    `${insertRow(table, {
      version: migration.version,
      dirty: "true",
      name: quoteLiteral(migration.name),
      checksum: quoteLiteral(migration.checksum),
      state: "'failed'",
      statements: migration.up.length,
      error: json,
      writer,
      text: migration.text,
    })} ON CONFLICT (version_id) DO NOTHING`,
    logEvent(table, { ...eventOf(migration, "up", "failed"), error }, writer),
  ];
}

/** Notes a Down that failed and was rolled back: in the log alone, the version is as applied as before. */
export function recordFailedDown(
  table: HistoryTable,
  migration: Migration,
  error: RecordedError,
  writer: Writer,
): readonly string[] {
  return [logEvent(table, { ...eventOf(migration, "down", "failed"), error }, writer)];
}

/** Notes that a migration outside a transaction stopped half way, after `done` of its statements. */
export function recordStopped(
  table: HistoryTable,
  migration: Migration,
  direction: "up" | "down",
  done: number,
  error: RecordedError,
  writer: Writer,
): readonly string[] {
  return [
    `UPDATE ${quoteTable(table)} SET is_dirty = true, state = 'stopped', "timestamp" = ${NOW}, statements_done = ${done},
  error = ${quoteLiteral(JSON.stringify(error))}::jsonb WHERE ${isVersion(migration.version)} AND is_dirty`,
    logEvent(table, { ...eventOf(migration, direction, "failed"), error }, writer),
  ];
}
