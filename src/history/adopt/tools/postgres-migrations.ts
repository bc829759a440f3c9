import { createHash } from "node:crypto";
import { quoteTable } from "../../table-name.ts";
import { appliedRows } from "../applied-rows.ts";
import type { AppliedByTool, FolderFile, Tool, ToolFile, ToolFiles, ToolRow } from "../tool.ts";

const SESSION_LOCK = -8_525_285_245_963_000_605n;
const FILE_NAME = /^(\d+)[-_]?([^/]*)\.(sql|js)$/i;

/** postgres-migrations: one row an applied file, by its number; number 0 is its own table. */
export const postgresMigrations: Tool = {
  name: "postgres-migrations",
  times: "local",
  code: false,
  rowsSql: (table) =>
    `SELECT id::text AS key, executed_at::timestamptz AS "appliedAt", hash AS checksum FROM ${quoteTable(table)} ORDER BY id`,
  advisoryLocks: () => [SESSION_LOCK],
  interpret: (rows: readonly ToolRow[]): AppliedByTool => appliedRows(rows.filter(({ key }) => key !== "0")),
  readFiles,
};

function readFiles(files: readonly FolderFile[]): ToolFiles {
  return {
    files: files.flatMap(({ path, read }): readonly ToolFile[] => {
      const [, digits, title, extension] = FILE_NAME.exec(path) ?? [];
      if (digits === undefined || title === undefined || extension === undefined) return [];
      const key = String(BigInt(digits));
      if (extension.toLowerCase() === "js") return [{ key, path, title, text: undefined }];
      const up = read();
      const transaction = !up.includes("-- postgres-migrations disable-transaction");
      const checksum = createHash("sha1")
        .update(path + up)
        .digest("hex");
      return [{ key, path, title, text: { up, down: undefined, transaction }, checksum }];
    }),
    remarks: [],
  };
}
