import type { Confirmation } from "../migrator.ts";
import { printable } from "./printable.ts";
import { renderPlan } from "./render-plan.ts";
import type { View } from "./view.ts";

/** What a person is shown before a run that could lose something. */
export function renderConfirmation({ plan, reasons }: Confirmation, view: View): string {
  const bullets = reasons.map((reason) => `  - ${printable(reason).replaceAll("\n", "\n    ")}`);
  return [renderPlan(plan, view), "", view.style("warning", "Think twice:"), ...bullets, ""].join("\n");
}
