import type { Migration } from "../files/migration.ts";
import { STATES } from "./history.ts";
import type { Fingerprint } from "../files/read-fingerprints.ts";

/*
 * One value over which versions are applied with which SQL: how many, how many of them dirty, and a sum over them. The
 * history answers with the same value, computed by the server, so that a start with nothing to do moves no list of versions.
 * A sum, because a new session of the server needs neither a sort nor a hash function for it. Versions that were adopted
 * without a text have no file, so they do not count.
 */

/** Over the files' tokens: blind to comments and layout. */
export function digestFiles(migrations: readonly Pick<Migration, "version" | "checksum">[]): string {
  let sum = 0n;
  for (const { version, checksum } of migrations)
    sum += BigInt.asIntN(64, BigInt(`0x${checksum.slice(0, 16)}`)) ^ version;
  return `${migrations.length}:0:${sum}`;
}

/**
 * Over the files' bare texts, which takes no parsing: equal texts have equal SQL. The version goes in once more, because a
 * row whose version was changed by hand keeps its fingerprint.
 */
export function digestTexts(files: readonly Fingerprint[]): string {
  const sum = files.reduce((total, { version, fingerprint }) => total + (fingerprint ^ version), 0n);
  return `${files.length}:0:${sum}`;
}

/** Whether a row is dirty; what a state means that only a newer gander knows cannot be told, so its row counts as dirty. */
export const DIRTY_SQL = `(is_dirty OR state OPERATOR(pg_catalog.<>) ALL (ARRAY[${STATES.map((state) => `'${state}'`).join(", ")}]))`;

/** The first 64 bits of a row's checksum, signed. */
export const TOKEN_FINGERPRINT_SQL = "('x' OPERATOR(pg_catalog.||) pg_catalog.left(checksum, 16))::bit(64)::bigint";

/** The digest over tokens of the rows of a history, as an SQL expression; everything in it is qualified. */
export const DIGEST_SQL = `pg_catalog.concat(pg_catalog.count(checksum), ':', pg_catalog.count(*) FILTER (WHERE ${DIRTY_SQL}), ':',
  coalesce(pg_catalog.sum(${TOKEN_FINGERPRINT_SQL} OPERATOR(pg_catalog.#) version_id), 0))`;

/** The parts of both digests as columns, and the newest version: what the quick look asks for. */
export const DIGEST_COLUMNS = `pg_catalog.count(text_fingerprint) AS n, pg_catalog.count(*) FILTER (WHERE ${DIRTY_SQL}) AS d,
  pg_catalog.sum(text_fingerprint OPERATOR(pg_catalog.#) version_id) AS s,
  pg_catalog.sum(token_fingerprint OPERATOR(pg_catalog.#) version_id) AS t, pg_catalog.max(version_id) AS v`;
