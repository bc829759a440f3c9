import { readNodePgMigrate } from "../../../files/formats/node-pg-migrate.ts";
import { quoteTable } from "../../table-name.ts";
import { appliedRows } from "../applied-rows.ts";
import { titleOf } from "../file-title.ts";
import type { FolderFile, Tool, ToolFile, ToolFiles } from "../tool.ts";

const SESSION_LOCK = 7_241_865_325_823_964n;
const PROGRAM = /^([^/]+)\.[cm]?[jt]s$/;

/**
 * node-pg-migrate: one row an applied migration, by its file's name without the extension. Most of its migrations are
 * programs; SQL files have both directions in one, or one a file.
 */
export const nodePgMigrate: Tool = {
  name: "node-pg-migrate",
  times: "local",
  code: true,
  rowsSql: (table) =>
    `SELECT name AS key, run_on::timestamptz AS "appliedAt" FROM ${quoteTable(table)} ORDER BY run_on, id`,
  advisoryLocks: () => [SESSION_LOCK],
  interpret: appliedRows,
  readFiles,
};

function readFiles(files: readonly FolderFile[]): ToolFiles {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return { files: files.flatMap((file) => readOne(file, byPath)), remarks: [] };
}

function readOne({ path, read }: FolderFile, others: ReadonlyMap<string, FolderFile>): readonly ToolFile[] {
  const program = PROGRAM.exec(path)?.[1];
  if (program !== undefined && !path.endsWith(".d.ts")) {
    return [{ key: program, path, title: titleOf(path), text: undefined }];
  }
  const [, key, direction] = /^([^/]+?)(\.up|\.down)?\.sql$/.exec(path) ?? [];
  if (key === undefined || direction === ".down") return [];
  if (direction === undefined) return [{ key, path, title: titleOf(path), text: readNodePgMigrate(read()) }];
  const down = others.get(`${key}.down.sql`)?.read();
  return [{ key, path, title: titleOf(key), text: { up: read(), down, transaction: true } }];
}
