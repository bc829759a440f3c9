import { readSqlMigrate } from "../../../files/formats/sql-migrate.ts";
import { quoteTable } from "../../table-name.ts";
import { appliedRows } from "../applied-rows.ts";
import { titleOf } from "../file-title.ts";
import type { FolderFile, Tool, ToolFiles } from "../tool.ts";

/** sql-migrate (rubenv): one row an applied file, by its name. It holds no lock but, where asked, one on its table. */
export const sqlMigrate: Tool = {
  name: "sql-migrate",
  times: "zoned",
  code: false,
  rowsSql: (table) =>
    `SELECT id::text AS key, applied_at::timestamptz AS "appliedAt" FROM ${quoteTable(table)} ORDER BY applied_at, id`,
  advisoryLocks: () => [],
  interpret: appliedRows,
  readFiles,
};

function readFiles(files: readonly FolderFile[]): ToolFiles {
  const own = files.filter(({ path }) => /^[^/]+\.sql$/.test(path));
  return {
    files: own.map(({ path, read }) => ({ key: path, path, title: titleOf(path), text: readSqlMigrate(path, read()) })),
    remarks: [],
  };
}
