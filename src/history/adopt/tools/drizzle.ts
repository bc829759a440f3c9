import { createHash } from "node:crypto";
import { formatError } from "../../../files/formats/format-error.ts";
import { quoteTable } from "../../table-name.ts";
import { appliedRows } from "../applied-rows.ts";
import { titleOf } from "../file-title.ts";
import type { FolderFile, Tool, ToolFile, ToolFiles } from "../tool.ts";

/**
 * drizzle: one row an applied migration, with the hash of its file and the time at which the file was made, in milliseconds,
 * as its journal has it (or, from 1.0 on, the name of its folder): that is the version. When it was applied it keeps from
 * 1.0 on. No lock.
 */
export const drizzle: Tool = {
  name: "drizzle",
  times: "zoned",
  code: false,
  rowsSql: (table) => {
    const appliedAt = table.columns.includes("applied_at") ? "applied_at::timestamptz" : "NULL::timestamptz";
    return `SELECT created_at::bigint::text AS key, ${appliedAt} AS "appliedAt", hash AS checksum FROM ${quoteTable(table)} WHERE created_at IS NOT NULL ORDER BY id`;
  },
  advisoryLocks: () => [],
  interpret: appliedRows,
  readFiles,
};

/** `20240131093000_name/migration.sql` */
const FOLDER_NAME = /^(?:.*\/)?((\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)[^/]*)\/migration\.sql$/;

interface JournalEntry {
  readonly when: number;
  readonly tag: string;
}

function readFiles(files: readonly FolderFile[]): ToolFiles {
  const journal = files.find(({ path }) => /(^|\/)meta\/_journal\.json$/.test(path));
  const folders = files.flatMap((file) => readFolder(file));
  if (journal === undefined && folders.length > 0) return { files: folders, remarks: [] };
  if (journal === undefined) {
    throw formatError(
      "meta/_journal.json",
      "it is missing: this is not the folder of drizzle's migrations",
      "--from names the folder that drizzle-kit writes (out in its config)",
    );
  }
  const folder = journal.path.slice(0, -"meta/_journal.json".length);
  const { entries } = JSON.parse(journal.read()) as { readonly entries: readonly JournalEntry[] };
  return { files: entries.map((entry) => readEntry(folder, entry, files)), remarks: [] };
}

function readEntry(folder: string, { when, tag }: JournalEntry, files: readonly FolderFile[]): ToolFile {
  const path = `${folder}${tag}.sql`;
  const file = files.find((one) => one.path === path);
  if (file === undefined) throw formatError(path, "it is in the journal (meta/_journal.json), and the file is missing");
  return toFile(String(when), path, titleOf(path), file.read());
}

function readFolder({ path, read }: FolderFile): readonly ToolFile[] {
  const [, name, year, month, day, hour, minute, second] = FOLDER_NAME.exec(path) ?? [];
  if (name === undefined) return [];
  const made = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  return [toFile(String(made), path, titleOf(name), read())];
}

function toFile(key: string, path: string, title: string, text: string): ToolFile {
  // The breakpoint is a comment to PostgreSQL; what it parts is sent in one transaction all the same.
  const up = text.replaceAll(/-->[^\S\n]*statement-breakpoint[^\S\n]*/g, "");
  const checksum = createHash("sha256").update(text).digest("hex");
  return { key, path, title, text: { up, down: undefined, transaction: true }, checksum };
}
