import { readDbmate } from "../../../files/formats/dbmate.ts";
import { quoteTable } from "../../table-name.ts";
import { titleOf } from "../file-title.ts";
import { appliedRows } from "../applied-rows.ts";
import type { FolderFile, Tool, ToolFiles } from "../tool.ts";

/** dbmate: one row an applied version, no times; the version is the digits that a file's name begins with. No lock. */
export const dbmate: Tool = {
  name: "dbmate",
  times: "none",
  code: false,
  rowsSql: (table) =>
    `SELECT version::text AS key, NULL AS "appliedAt" FROM ${quoteTable(table)} ORDER BY length(ltrim(version::text, '0')), version::text`,
  advisoryLocks: () => [],
  interpret: appliedRows,
  readFiles,
};

function readFiles(files: readonly FolderFile[]): ToolFiles {
  return {
    files: files.flatMap(({ path, read }) => {
      const key = /^(\d+)[^/]*\.sql$/.exec(path)?.[1];
      return key === undefined ? [] : [{ key, path, title: titleOf(path), text: readDbmate(path, read()) }];
    }),
    remarks: [],
  };
}
