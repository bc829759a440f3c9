import { crc32 } from "node:zlib";
import { quoteTable } from "../../table-name.ts";
import { adoptError } from "../adopt-error.ts";
import { type Pair, pairToFile } from "../pair-files.ts";
import type { AppliedByTool, FolderFile, KnownKeys, Tool, ToolFiles, ToolRow, ToolTable } from "../tool.ts";

const LOCK_SALT = 1_486_364_155n;
const FILE_NAME = /^(\d+)_(.*)\.(up|down)\.sql$/;

/**
 * golang-migrate: one row with the newest version, so which ones are applied is told by its files: all up to that one. No
 * times. The row names the target of what was under way where it is dirty.
 */
export const golangMigrate: Tool = {
  name: "golang-migrate",
  times: "none",
  code: false,
  rowsSql: (table) => `SELECT version::text AS key, NULL AS "appliedAt", dirty FROM ${quoteTable(table)}`,
  // The database's name begins with a slash where it came from a URL.
  advisoryLocks: (table, database) => [lockId(table, `/${database}`), lockId(table, database)],
  interpret: interpretRow,
  readFiles,
};

function lockId({ schema, name }: ToolTable, database: string): bigint {
  return BigInt.asUintN(32, BigInt(crc32(`${schema}\0${name}\0${database}`)) * LOCK_SALT);
}

function interpretRow(rows: readonly ToolRow[], { keys }: KnownKeys): AppliedByTool {
  const [row] = rows;
  if (row === undefined || BigInt(row.key) < 0n) {
    if (row?.["dirty"] === true) throw dirty(row.key);
    return { applied: [], remarks: [] };
  }
  if (row["dirty"] === true) throw dirty(row.key);
  const newest = BigInt(row.key);
  const applied = keys.filter((key) => BigInt(key) <= newest);
  const isThere = applied.some((key) => BigInt(key) === newest);
  return {
    applied: [...applied, ...(isThere ? [] : [row.key])].map((key) => ({ key, appliedAt: undefined })),
    remarks: [
      `golang-migrate keeps the newest version alone (${newest}): every file up to it counts as applied`,
      ...(isThere ? [] : [`there is no file of version ${newest} itself`]),
    ],
  };
}

function dirty(version: string): Error {
  return adoptError(
    `golang-migrate's row is dirty at version ${version}: a migration to it failed, or its runner died`,
    [
      "Look what of that migration is in the database, and finish or undo it by hand; then say so as golang-migrate wants it:",
      `  migrate force ${version}    if all of version ${version} is applied`,
      "  migrate force VERSION  with the version before, if nothing of it is",
    ].join("\n"),
    [BigInt(version)],
  );
}

function readFiles(files: readonly FolderFile[]): ToolFiles {
  const found = files.flatMap((file) => {
    const match = FILE_NAME.exec(file.path);
    return match === null
      ? []
      : [
          {
            file,
            key: String(BigInt(match[1] as string)),
            digits: match[1] as string,
            title: match[2] as string,
            direction: match[3],
          },
        ];
  });
  const pairs = found
    .filter(({ direction }) => direction === "up")
    .map(({ file, key, digits, title }): Pair => ({
      key: digits,
      up: file,
      down: found.find((other) => other.direction === "down" && other.key === key)?.file,
      title,
    }));
  const ups = new Set(pairs.map(({ key }) => String(BigInt(key))));
  const remarks = found
    .filter(({ direction, key }) => direction === "down" && !ups.has(key))
    .map(({ file }) => `${file.path} has no .up.sql: left out`);
  return { files: pairs.map(pairToFile), remarks };
}
