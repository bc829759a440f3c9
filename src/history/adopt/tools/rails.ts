import { crc32 } from "node:zlib";
import { quoteTable } from "../../table-name.ts";
import { appliedRows } from "../applied-rows.ts";
import { titleOf } from "../file-title.ts";
import type { FolderFile, Tool, ToolFiles } from "../tool.ts";

const LOCK_SALT = 2_053_462_845n;

/** Rails (Active Record): one row an applied version, no times; its migrations are programs in Ruby. */
export const rails: Tool = {
  name: "Rails",
  times: "none",
  code: true,
  rowsSql: (table) =>
    `SELECT version::text AS key, NULL AS "appliedAt" FROM ${quoteTable(table)} ORDER BY length(version::text), version::text`,
  advisoryLocks: (_, database) => [LOCK_SALT * BigInt(crc32(database))],
  interpret: appliedRows,
  readFiles,
};

function readFiles(files: readonly FolderFile[]): ToolFiles {
  return {
    files: files.flatMap(({ path }) => {
      const key = /^(?:.*\/)?(\d+)_[^/]*\.rb$/.exec(path)?.[1];
      return key === undefined ? [] : [{ key, path, title: titleOf(path), text: undefined }];
    }),
    remarks: [],
  };
}
