import { quoteTable } from "../../table-name.ts";
import { appliedRows } from "../applied-rows.ts";
import { compareNames } from "../assign-versions.ts";
import type { Tool } from "../tool.ts";

const TRANSACTION_LOCK = 3_853_314_791_062_309_107n;

/** kysely: one row an applied migration, by its name, with the time as text; its migrations are programs. */
export const kysely: Tool = {
  name: "kysely",
  times: "zoned",
  code: true,
  rowsSql: (table) =>
    `SELECT name AS key, "timestamp"::timestamptz AS "appliedAt" FROM ${quoteTable(table)} ORDER BY "timestamp", name`,
  advisoryLocks: () => [TRANSACTION_LOCK],
  interpret: appliedRows,
  order: compareNames,
};
