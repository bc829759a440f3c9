import { quoteTable } from "../../table-name.ts";
import { appliedRows } from "../applied-rows.ts";
import { compareNames } from "../assign-versions.ts";
import type { Tool } from "../tool.ts";

/** knex: one row an applied migration, by its file's name; its migrations are programs. It locks a row of a table beside. */
export const knex: Tool = {
  name: "knex",
  times: "zoned",
  code: true,
  rowsSql: (table) =>
    `SELECT name AS key, migration_time::timestamptz AS "appliedAt" FROM ${quoteTable(table)} ORDER BY id`,
  advisoryLocks: () => [],
  lockTable: ({ schema, name }) => quoteTable({ schema, name: `${name}_lock` }),
  interpret: appliedRows,
  order: compareNames,
};
