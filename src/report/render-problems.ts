import type { FileProblem } from "../errors.ts";
import { printable } from "./printable.ts";
import type { View } from "./view.ts";

/** Problems of files, one a line in the form that editors and CI make links of: `file:line:column: message`. */
export function renderProblems(
  problems: readonly FileProblem[],
  label: "error" | "warning",
  { style }: View,
): string[] {
  return problems.flatMap((problem) => {
    const word = label === "error" ? style("bad", "error:") : style("warning", "warning:");
    const lines = [`${style("strong", `${placeText(problem)}:`)} ${word} ${indented(problem.message, "  ")}`];
    if (problem.hint !== undefined) lines.push(`  ${indented(problem.hint, "  ")}`);
    return lines;
  });
}

/** `file:line:column`, as far as they are known. */
function placeText({ file, line, column }: Pick<FileProblem, "file" | "line" | "column">): string {
  return [printable(file), line, line === undefined ? undefined : column]
    .filter((part) => part !== undefined)
    .join(":");
}

function indented(text: string, indent: string): string {
  return printable(text).replaceAll("\n", `\n${indent}`);
}
