import { createHash } from "node:crypto";

/*
 * Each row of the log carries the hash of the row before and its own, so that no row can be edited, removed, put in or
 * moved without its own hash or that of its follower telling. The hash is SHA-256 over the row as jsonb, in its text form
 * and UTF-8: the columns by their names, those that are NULL left out, and so is the hash itself.
 *
 * The text must be the same whatever the settings of the session. That of jsonb is, for numbers and texts. A time becomes
 * text in UTC here, and `error` is taken as text, so that a null in it counts too. A layout to come may add columns of
 * text, integers and jsonb, and nothing else needs to be done about them: an older row has none of them.
 */

/** The time of a row as text, to the microsecond and with its era, whatever the settings of the session. */
function timeSql(row: string): string {
  return `pg_catalog.to_char(pg_catalog.timezone(interval '0', ${row}."timestamp"), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z" BC')`;
}

/** The text that the hash of a row is made of, as an SQL expression; `row` is the alias of the log, or of a row to come. */
export function hashedTextSql(row: string): string {
  return `pg_catalog.jsonb_strip_nulls((pg_catalog.to_jsonb(${row}) OPERATOR(pg_catalog.-) 'hash'::pg_catalog.text)
    OPERATOR(pg_catalog.||) pg_catalog.jsonb_build_object('timestamp', ${timeSql(row)}, 'error', ${row}.error::pg_catalog.text))::pg_catalog.text`;
}

/** The hash of a row, as an SQL expression. */
export function hashSql(row: string): string {
  return `pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(${hashedTextSql(row)}, 'UTF8')), 'hex')`;
}

/** The same on this side, of the text's bytes: what is verified is not left to the server that is in question. */
export function hashOf(text: Uint8Array): string {
  return createHash("sha256").update(text).digest("hex");
}
