import type { PlanWarning } from "../plan/plan.ts";
import { counted } from "./counted.ts";
import { paragraph } from "./paragraph.ts";
import { printable } from "./printable.ts";
import type { View } from "./view.ts";

/** Of each kind so many warnings are shown one by one: a history that is ahead of its files by a year has hundreds. */
export const mostOfAKind = 3;

/** Warnings, the first of each kind one by one. */
export function renderWarnings(warnings: readonly PlanWarning[], view: View): string[] {
  const kinds = [...new Set(warnings.map(({ kind }) => kind))];
  return kinds.flatMap((kind) => {
    const all = warnings.filter((warning) => warning.kind === kind);
    const shown = all.slice(0, mostOfAKind).flatMap((warning) => renderWarning(warning, view));
    return [...shown, ...renderMoreWarnings(all.length - mostOfAKind, view)];
  });
}

/** A warning, as everywhere in the output. */
export function renderWarning(warning: PlanWarning, view: View): string[] {
  return paragraph(`${view.style("warning", "warning:")} ${printable(warning.message)}`, view.width);
}

/** What stands for the warnings of a kind that are not shown. */
export function renderMoreWarnings(count: number, { style }: View): string[] {
  if (count <= 0) return [];
  return [
    `${style("warning", "warning:")} ${counted(count, "more warning")} of this kind; gander status lists all versions`,
  ];
}
