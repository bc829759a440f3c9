import type { GiveBackPlan } from "../migrator.ts";
import { counted } from "./counted.ts";
import type { JsonFields } from "./json-document.ts";
import { printableLine } from "./printable.ts";
import { renderTable } from "./render-table.ts";
import { timeText } from "./time-text.ts";
import type { View } from "./view.ts";

/** What goose's table is going to get. */
export function renderGiveBackPlan(plan: GiveBackPlan, { style }: View): string {
  const made = plan.exists ? "" : ", which is made";
  const rows = plan.added.map(({ version, name, appliedAt }) => [
    "",
    String(version),
    timeText(appliedAt),
    printableLine(name),
  ]);
  return [
    style("strong", `goose's table ${printableLine(plan.table)}${made}, gets what is applied. No migration runs.`),
    ...(rows.length === 0 ? [] : ["", ...renderTable(rows), ""]),
    `${counted(plan.added.length, "version")} to add, ${counted(plan.removed.length, "version")} to remove${plan.removed.length === 0 ? "" : ` (${plan.removed.join(", ")})`}.`,
  ].join("\n");
}

/** What was done with goose's table. */
export function renderGivenBack(plan: GiveBackPlan, { style }: View): string {
  if (plan.added.length === 0 && plan.removed.length === 0 && plan.exists) {
    return `${style("good", "Nothing to write.")} ${printableLine(plan.table)} has the same versions applied.`;
  }
  return `${style("good", `${printableLine(plan.table)} has the same versions applied as gander's history`)}: ${counted(plan.added.length, "version")} added, ${counted(plan.removed.length, "version")} removed. goose can go on from there; gander's history stays.`;
}

/** What goose's table gets or got, as fields of a JSON document. */
export function giveBackJson(plan: GiveBackPlan): JsonFields {
  const added = plan.added.map(({ version, name, appliedAt }) => ({
    version,
    name,
    appliedAt: appliedAt.toISOString(),
  }));
  return { tool: "goose", table: plan.table, exists: plan.exists, added, removed: plan.removed };
}
