import type { Plan, PlanStep } from "../plan/plan.ts";
import type { Statement } from "../files/migration.ts";
import { counted } from "./counted.ts";
import type { JsonFields } from "./json-document.ts";
import { printableLine } from "./printable.ts";
import { renderTable } from "./render-table.ts";
import { renderWarnings } from "./render-warnings.ts";
import type { View } from "./view.ts";

/** What a run would do, step by step. */
export function renderPlan(plan: Plan, view: View): string {
  const warnings = renderWarnings(plan.warnings, view);
  if (plan.steps.length === 0) {
    const nothing = plan.direction === "up" ? "Nothing to apply." : "Nothing to roll back.";
    return [view.style("good", nothing), ...spaced(warnings)].join("\n");
  }
  const verb = plan.direction === "up" ? "to apply" : "to roll back";
  const heading = view.style("strong", `${counted(plan.steps.length, "migration")} ${verb}:`);
  const rows = plan.steps.map((step) => ["", printableLine(step.migration.name), size(step), remark(step, view)]);
  return [heading, "", ...renderTable(rows), ...spaced(warnings)].join("\n");
}

/** What a run would do, as fields of a JSON document. */
export function planJson(plan: Plan, sql?: string): JsonFields {
  return {
    direction: plan.direction,
    steps: plan.steps.map((step) => ({
      direction: step.direction,
      version: step.migration.version,
      name: step.migration.name,
      path: step.migration.path,
      transaction: step.migration.transaction,
      statements: statementsOf(step).length,
      firstStatement: step.firstStatement,
    })),
    warnings: plan.warnings.map((warning) => ({ ...warning })),
    ...(sql !== undefined && { sql }),
  };
}

function statementsOf({ direction, migration }: PlanStep): readonly Statement[] {
  return direction === "up" ? migration.up : (migration.down ?? []);
}

function size(step: PlanStep): string {
  return counted(
    statementsOf(step).reduce((sum, statement) => sum + statement.count, 0),
    "statement",
  );
}

function remark(step: PlanStep, { style }: View): string {
  const remarks: string[] = [];
  if (!step.migration.transaction) remarks.push("outside a transaction");
  if (step.firstStatement > 0) {
    remarks.push(`goes on at statement ${step.firstStatement + 1} of ${statementsOf(step).length}`);
  }
  if (step.direction === "up" && step.row?.state === "failed") remarks.push("failed before, tried again");
  if (step.direction === "down" && step.migration.down === undefined) remarks.push(style("warning", "has no Down"));
  if (step.direction === "down" && step.migration.down?.length === 0)
    remarks.push(style("warning", "its Down is empty"));
  const { irreversible } = step.migration.directives;
  if (step.direction === "down" && irreversible !== undefined) {
    remarks.push(style("bad", `irreversible: ${printableLine(irreversible)}`));
  }
  return remarks.join(", ");
}

function spaced(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", ...lines];
}
