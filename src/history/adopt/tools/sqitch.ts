import { formatError } from "../../../files/formats/format-error.ts";
import { readSqitchPlan } from "../../../files/formats/sqitch-plan.ts";
import { quoteTable } from "../../table-name.ts";
import { appliedRows } from "../applied-rows.ts";
import type { AppliedByTool, FolderFile, Tool, ToolFiles, ToolRow } from "../tool.ts";
import { adoptError } from "../adopt-error.ts";

const SESSION_LOCK = 75_474_063n;

/**
 * sqitch: one row a deployed change. Changes have names and no numbers: the plan has their order, and `deploy/` and
 * `revert/` their scripts. A change that was reworked has the same name again.
 */
export const sqitch: Tool = {
  name: "sqitch",
  times: "zoned",
  code: false,
  rowsSql: (table) =>
    `SELECT change AS key, committed_at AS "appliedAt", project FROM ${quoteTable(table)} ORDER BY committed_at, planned_at`,
  advisoryLocks: () => [SESSION_LOCK],
  interpret: interpretRows,
  readFiles,
  order: "files",
};

function interpretRows(rows: readonly ToolRow[]): AppliedByTool {
  const projects = new Set(rows.map(({ project }) => project));
  if (projects.size > 1) {
    throw adoptError(
      `sqitch has deployed ${projects.size} projects to this database: ${[...projects].join(", ")}`,
      "gander has one order of migrations for a history, and cannot take several plans over at once.",
    );
  }
  const keys = numbered(rows.map(({ key }) => key));
  return appliedRows(rows.map((row, index) => ({ ...row, key: keys[index] as string })));
}

/** A name that comes again has a number behind it. */
function numbered(names: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}

function readFiles(files: readonly FolderFile[]): ToolFiles {
  const plan = files.find(({ path }) => /(^|\/)sqitch\.plan$/.test(path));
  if (plan === undefined) {
    throw formatError(
      "sqitch.plan",
      "it is missing: this is not the folder of a sqitch project",
      "--from names the folder that sqitch.plan is in",
    );
  }
  const folder = plan.path.slice(0, -"sqitch.plan".length);
  const find = (path: string): FolderFile | undefined => files.find((file) => file.path === folder + path);
  const changes = readSqitchPlan(plan.read());
  const keys = numbered(changes.map(({ name }) => name));
  return {
    files: changes.map(({ name, script }, index) => {
      const deploy = find(`deploy/${script}.sql`);
      const path = `${folder}deploy/${script}.sql`;
      if (deploy === undefined) throw formatError(path, "it is in the plan, and the script is missing");
      const down = find(`revert/${script}.sql`)?.read();
      const text = { up: deploy.read(), down, transaction: true };
      return { key: keys[index] as string, path, title: name, text };
    }),
    remarks: files.some(({ path }) => path.startsWith(`${folder}verify/`))
      ? ["the scripts in verify/ are left out"]
      : [],
  };
}
