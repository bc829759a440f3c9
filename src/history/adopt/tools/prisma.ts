import { createHash } from "node:crypto";
import { quoteTable } from "../../table-name.ts";
import { adoptError } from "../adopt-error.ts";
import { appliedRows } from "../applied-rows.ts";
import { compareNames } from "../assign-versions.ts";
import { titleOf } from "../file-title.ts";
import type { AppliedByTool, FolderFile, Tool, ToolFiles, ToolRow } from "../tool.ts";

const SESSION_LOCK = 72_707_369n;

/**
 * Prisma: one row a try; a migration is a folder with `migration.sql`, and with `down.sql` where somebody wrote one. Rolled
 * back tries do not count; one that neither finished nor is marked as rolled back stopped half way.
 */
export const prisma: Tool = {
  name: "Prisma",
  times: "zoned",
  code: false,
  rowsSql: (table) =>
    `SELECT migration_name AS key, finished_at AS "appliedAt", checksum, rolled_back_at IS NOT NULL AS "rolledBack" FROM ${quoteTable(table)} ORDER BY started_at, migration_name`,
  advisoryLocks: () => [SESSION_LOCK],
  interpret: interpretRows,
  readFiles,
  order: compareNames,
};

function interpretRows(rows: readonly ToolRow[]): AppliedByTool {
  const tries = rows.filter(({ rolledBack }) => rolledBack !== true);
  const failed = tries.filter(({ appliedAt }) => appliedAt === null);
  const [first] = failed;
  if (first === undefined) return appliedRows(tries);
  throw adoptError(
    `Prisma has not finished ${failed.map(({ key }) => key).join(", ")}: it failed, or is under way`,
    [
      "Look what of it is in the database, and finish or undo it by hand; then say so to Prisma:",
      `  prisma migrate resolve --applied ${first.key}`,
      `  prisma migrate resolve --rolled-back ${first.key}`,
    ].join("\n"),
  );
}

function readFiles(files: readonly FolderFile[]): ToolFiles {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return {
    files: files.flatMap(({ path, read }) => {
      const key = /^(?:.*\/)?([^/]+)\/migration\.sql$/.exec(path)?.[1];
      if (key === undefined) return [];
      const up = read();
      const down = byPath.get(path.replace(/migration\.sql$/, "down.sql"))?.read();
      const checksum = createHash("sha256").update(up).digest("hex");
      return [{ key, path, title: titleOf(key), text: { up, down, transaction: true }, checksum }];
    }),
    remarks: [],
  };
}
