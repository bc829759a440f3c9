import type { Confirmation, RepairPlan } from "../migrator.ts";
import { printable, printableLine } from "./printable.ts";
import { renderPlan } from "./render-plan.ts";
import type { View } from "./view.ts";

/** What a person is shown before a run that could lose something. */
export function renderConfirmation({ plan, reasons }: Confirmation, view: View): string {
  const bullets = reasons.map((reason) => `  - ${printable(reason).replaceAll("\n", "\n    ")}`);
  return [renderPlan(plan, view), "", view.style("warning", "Think twice:"), ...bullets, ""].join("\n");
}

/** What `repair` found and is going to do. */
export function renderRepairPlan(plan: RepairPlan, view: View): string {
  const { style } = view;
  const lines = [`Repair of ${style("strong", printableLine(plan.name))}`, ""];
  if (plan.findings.length > 0) {
    lines.push("What the database shows:", ...plan.findings.map((finding) => `  - ${printable(finding)}`), "");
  }
  if (plan.cleanup.length > 0) {
    lines.push("To be cleaned up:", ...plan.cleanup.map((sql) => `  ${printable(sql)}`), "");
  }
  return [
    ...lines,
    `The version will be marked ${style("strong", markWords[plan.mark])}: ${markMeaning[plan.mark]}.`,
  ].join("\n");
}

/** What `repair` did. */
export function renderRepaired(plan: RepairPlan, view: View): string {
  const { style } = view;
  return `${style("good", `${printableLine(plan.name)} is marked ${markWords[plan.mark]}`)}: ${markMeaning[plan.mark]}.`;
}

const markWords = { resumable: "resumable", applied: "applied", "rolled-back": "rolled back" } as const;
const markMeaning = {
  resumable: "the next gander up goes on where it stopped",
  applied: "it counts as applied, and no statement of it will run",
  "rolled-back": "it counts as not applied, and the next gander up runs all of it",
} as const;
