import { quoteTable } from "../../table-name.ts";
import { appliedRows } from "../applied-rows.ts";
import { compareNames } from "../assign-versions.ts";
import type { FolderFile, Tool, ToolFiles } from "../tool.ts";

const FILE_NAME = /^(?:(?:.*\/)?committed\/)?(\d{6,})(-[^/]*)?\.sql$/;

/** graphile-migrate: one row a committed file, by its number (`000001.sql`, whatever its message) and hash. No Down, no lock. */
export const graphileMigrate: Tool = {
  name: "graphile-migrate",
  times: "zoned",
  code: false,
  rowsSql: (table) =>
    `SELECT filename AS key, date AS "appliedAt", hash AS checksum FROM ${quoteTable(table)} ORDER BY filename`,
  advisoryLocks: () => [],
  interpret: appliedRows,
  readFiles,
  order: compareNames,
};

function readFiles(files: readonly FolderFile[]): ToolFiles {
  const remarks: string[] = [];
  const read = files.flatMap(({ path, read: readText }) => {
    const [, digits, slug = ""] = FILE_NAME.exec(path) ?? [];
    if (digits === undefined) return [];
    const text = readText().replaceAll("\r\n", "\n");
    const header = /^(--! [A-Z]\w*(:.*)?\n)*/.exec(text)?.[0] ?? "";
    const checksum = /^--! Hash: *(\S+)/m.exec(header)?.[1];
    const up = text.slice(header.length).replace(/^\n/, "");
    if (/(^|[^:\w]):[A-Z][A-Z0-9_]+\b/.test(up))
      remarks.push(`${path} has placeholders (:NAME): put their values in, for new databases`);
    const title = /^--! Message: *(.+)/m.exec(header)?.[1] ?? slug.slice(1);
    const transaction = !/^--!\s*no-transaction\b/.test(up);
    return [{ key: `${digits}.sql`, path, title, text: { up, down: undefined, transaction }, checksum }];
  });
  if (files.some(({ path, read: readText }) => /(^|\/)current(\.sql|\/)/.test(path) && readText().trim() !== "")) {
    remarks.push("current.sql is not committed: it stays where it is");
  }
  return { files: read, remarks };
}
