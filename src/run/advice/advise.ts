import { adviseOnDependents } from "./dependents.ts";
import type { Advise, Ask, FailedStatement } from "./failed-statement.ts";
import { adviseOnMissingColumn, adviseOnMissingRelation } from "./missing-object.ts";
import { adviseOnNotNull } from "./not-null.ts";
import { adviseOnPermission } from "./permission.ts";
import { adviseOnCheck, adviseOnDuplicates, adviseOnOrphans } from "./rows-in-the-way.ts";
import { adviseOnSyntax } from "./syntax.ts";

const EXISTS =
  "It is there already: made by hand, or by another tool. Drop it, or write IF NOT EXISTS where what is there is what you want.";

/** Advice by SQLSTATE. */
const ADVICE: Readonly<Record<string, Advise>> = {
  "23502": adviseOnNotNull,
  "23503": adviseOnOrphans,
  "23505": adviseOnDuplicates,
  "23514": adviseOnCheck,
  "25001": () => "Put it in a migration of its own that says -- +goose NO TRANSACTION.",
  "25006": () => "The transaction is read-only: connect to the primary, or look for a SET that makes it so.",
  "2BP01": adviseOnDependents,
  "40P01": () => "Two transactions waited for each other; start again.",
  "42501": adviseOnPermission,
  "42601": adviseOnSyntax,
  "42701": () => EXISTS,
  "42703": adviseOnMissingColumn,
  "42710": () => EXISTS,
  "42723": () => "The function is there already: write CREATE OR REPLACE.",
  "42804": () =>
    "PostgreSQL does not know how to convert the values: add USING with an expression, or change the default first.",
  "42883": () =>
    "No function of this name takes these types: check its name, its schema (search_path) and the types, or create it in an earlier migration.",
  "42704": () =>
    "It does not exist: a type, role or extension that an earlier migration, or the database's administrator, has to create.",
  "42P01": adviseOnMissingRelation,
  "42P07": () => EXISTS,
  "3F000": () => "The schema does not exist: CREATE SCHEMA in an earlier migration.",
  "53100": () => "The server's disk is full. Nothing else helps than space.",
  "55P04": () =>
    "A new value of an enum can be used only after its transaction: put the ADD VALUE in a migration of its own, before this one.",
  "58P01": () => "The server lacks a file, such as that of an extension: it has to be installed on the server.",
  "0A000": ({ fields }) =>
    /extension/.test(fields.message) ? "The extension has to be installed on the server first." : undefined,
};

/** What to do about a failure whose cause is known; it may look into the catalog, and never fails. */
export async function adviseOn(failed: FailedStatement, ask: Ask): Promise<string | undefined> {
  const advise = ADVICE[failed.fields.sqlState];
  if (advise === undefined) return undefined;
  try {
    return await advise(failed, ask);
  } catch {
    return undefined;
  }
}

export type { Ask, FailedStatement };
