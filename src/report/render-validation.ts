import type { Validation } from "../files/validate.ts";
import { counted } from "./counted.ts";
import { printableLine } from "./printable.ts";
import { renderProblems } from "./render-problems.ts";
import type { View } from "./view.ts";

/** All that is wrong with a folder's files, and what it comes to. */
export function renderValidation(found: Validation, folder: string, view: View): string {
  const lines = [...renderProblems(found.problems, "error", view), ...renderProblems(found.warnings, "warning", view)];
  if (lines.length > 0) lines.push("");
  return [...lines, verdict(found, printableLine(folder), view)].join("\n");
}

function verdict({ problems, warnings, migrations }: Validation, folder: string, { style }: View): string {
  const warned = warnings.length === 0 ? "" : `, with ${counted(warnings.length, "warning")}`;
  if (problems.length > 0) {
    const files = new Set(problems.map(({ file }) => file)).size;
    return style("bad", `${counted(problems.length, "problem")} in ${counted(files, "file")} of ${folder}${warned}.`);
  }
  const usable = migrations.length === 1 ? "1 migration in" : `${counted(migrations.length, "migration")} in`;
  return `${style("good", `${usable} ${folder}, all usable`)}${warned}.`;
}
