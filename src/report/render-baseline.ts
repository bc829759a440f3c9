import type { BaselinePlan } from "../migrator.ts";
import { counted } from "./counted.ts";
import type { JsonFields } from "./json-document.ts";
import { printableLine } from "./printable.ts";
import type { View } from "./view.ts";

/** What `baseline` is going to do. */
export function renderBaselinePlan(plan: BaselinePlan, { style }: View): string {
  const others = plan.otherTools.map(
    ({ tool, table }) =>
      `${style("warning", "note:")} ${tool} has a table here (${printableLine(table)}): gander adopt takes over what it has applied, with its times and order`,
  );
  return [
    style("strong", `These count as applied from now on (${printableLine(plan.table)}). No migration runs.`),
    ...plan.versions.map(({ name }) => `  ${printableLine(name)}`),
    "",
    ...others,
    `The database has ${counted(plan.objects, "table, view or function", "tables, views and functions")}. ${left(plan)}`,
  ].join("\n");
}

/** What `baseline` did. */
export function renderBaselined(plan: BaselinePlan, { style }: View): string {
  return `${style("good", `The database is marked as being at version ${plan.version}`)}: ${counted(plan.versions.length, "migration")} ${plan.versions.length === 1 ? "counts" : "count"} as applied. ${left(plan)}`;
}

/** What `baseline` found or did, as fields of a JSON document. */
export function baselineJson(plan: BaselinePlan): JsonFields {
  return {
    ...plan,
    versions: plan.versions.map((one) => ({ ...one })),
    pending: plan.pending.map((one) => ({ ...one })),
    otherTools: plan.otherTools.map((one) => ({ ...one })),
  };
}

function left({ pending }: BaselinePlan): string {
  if (pending.length === 0) return "Nothing is left for gander up.";
  return `Left for gander up: ${pending.map(({ name }) => printableLine(name)).join(", ")}.`;
}
