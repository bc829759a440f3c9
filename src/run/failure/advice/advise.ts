import { adviseOnExisting } from "./already-there.ts";
import { adviseOnTypes, adviseOnValue } from "./conversion.ts";
import { adviseOnDependents } from "./dependents.ts";
import type { Advise, Ask, FailedStatement } from "./failed-statement.ts";
import { adviseOnMissingColumn } from "./missing-column.ts";
import { adviseOnExtension } from "./missing-extension.ts";
import { adviseOnMissingFunction } from "./missing-function.ts";
import { adviseOnMissingName } from "./missing-name.ts";
import { adviseOnMissingRelation } from "./missing-relation.ts";
import { adviseOnNotNull } from "./not-null.ts";
import { adviseOnPermission } from "./permission.ts";
import { adviseOnCheck, adviseOnDuplicates, adviseOnOrphans } from "./rows-in-the-way.ts";
import { adviseOnState } from "./server-state.ts";
import { adviseOnSyntax } from "./syntax.ts";
import { adviseOnDefinition, adviseOnUnsupported } from "./unsupported.ts";

/** Advice by SQLSTATE. */
const ADVICE: Readonly<Record<string, Advise>> = {
  "0A000": adviseOnUnsupported,
  "22001": adviseOnValue,
  "22003": adviseOnValue,
  "22007": adviseOnValue,
  "22008": adviseOnValue,
  "22P02": adviseOnValue,
  "23502": adviseOnNotNull,
  "23503": adviseOnOrphans,
  "23505": adviseOnDuplicates,
  "23514": adviseOnCheck,
  "2BP01": adviseOnDependents,
  "42501": adviseOnPermission,
  "42601": adviseOnSyntax,
  "42701": adviseOnExisting,
  "42703": adviseOnMissingColumn,
  "42704": adviseOnMissingName,
  "42710": adviseOnExisting,
  "42723": adviseOnExisting,
  "42804": adviseOnTypes,
  "42883": adviseOnMissingFunction,
  "42P01": adviseOnMissingRelation,
  "42P06": adviseOnExisting,
  "42P07": adviseOnExisting,
  "42P16": adviseOnDefinition,
  "58P01": adviseOnExtension,
};

/** What to do about a failure whose cause is known; it may look into the catalog, and never fails. */
export async function adviseOn(failed: FailedStatement, ask: Ask): Promise<string | undefined> {
  const advise = ADVICE[failed.fields.sqlState] ?? adviseOnState;
  try {
    return await advise(failed, ask);
  } catch {
    return undefined;
  }
}

export type { Ask, FailedStatement };
