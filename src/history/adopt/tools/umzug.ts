import { quoteTable } from "../../table-name.ts";
import { appliedRows } from "../applied-rows.ts";
import { compareNames } from "../assign-versions.ts";
import type { Tool } from "../tool.ts";

/**
 * umzug: a table with the names of what is applied, as Sequelize's storage makes it (`SequelizeMeta`, with `createdAt` where
 * it is told to) or somebody's own. No order, no lock; its migrations are programs.
 */
export const umzug: Tool = {
  name: "umzug",
  times: "zoned",
  code: true,
  rowsSql: (table) => {
    const time = table.columns.find((column) => /^(created_?at|executed_?at|applied_?at|timestamp)$/i.test(column));
    const appliedAt = time === undefined ? "NULL::timestamptz" : `"${time}"::timestamptz`;
    return `SELECT name AS key, ${appliedAt} AS "appliedAt" FROM ${quoteTable(table)} ORDER BY ${time === undefined ? "1" : "2, 1"}`;
  },
  advisoryLocks: () => [],
  interpret: appliedRows,
  order: compareNames,
};
