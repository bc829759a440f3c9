import { createHash } from "node:crypto";
import type { Migration } from "../files/migration.ts";

/**
 * One value over which versions are applied with which SQL. The history answers with the same value, computed by the
 * server (see read-state.ts), so that a start with nothing to do moves no list of versions.
 */
export function digestFiles(migrations: readonly Migration[]): string {
  const hash = createHash("sha256");
  let separator = "";
  for (const { version, checksum } of migrations) {
    hash.update(`${separator}${version}:${checksum}`);
    separator = ",";
  }
  return `${migrations.length}:0:${hash.digest("hex")}`;
}

/** The same over the rows of a history, as an SQL expression; the second number counts dirty rows. */
export const DIGEST_SQL = `count(*) || ':' || count(*) FILTER (WHERE is_dirty) || ':' || encode(sha256(convert_to(
  coalesce(string_agg(version_id || ':' || coalesce(checksum, ''), ',' ORDER BY version_id), ''), 'UTF8')), 'hex')`;
