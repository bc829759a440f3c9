import type { FileProblem } from "../errors.ts";
import type { SumDifference } from "../files/sum/compare-sum.ts";
import { counted } from "./counted.ts";
import { printableLine } from "./printable.ts";
import { renderProblems } from "./render-problems.ts";
import { renderTable } from "./render-table.ts";
import type { View } from "./view.ts";

/** What a folder's sum said, what is to be said of it, and what became of it. */
export interface SumOutcome {
  readonly path: string;
  readonly existed: boolean;
  /** How many migrations the folder has. */
  readonly files: number;
  readonly differences: readonly SumDifference[];
  readonly problems: readonly FileProblem[];
}

const WORDS: Readonly<Record<SumDifference["kind"], string>> = {
  changed: "changed",
  added: "added",
  gone: "gone",
  renamed: "renamed",
  moved: "moved",
  twice: "doubled",
  chain: "out of the chain",
};

/** What writing a sum anew changed in it. */
export function renderWrittenSum({ path, existed, files, differences, problems }: SumOutcome, { style }: View): string {
  const file = printableLine(path);
  if (!existed) return `${style("good", "Made")} ${file}: ${lines(files)}.`;
  if (problems.length === 0) return `${style("good", `${file} agrees`)} with the folder: ${lines(files)}.`;
  const rows = differences.map(({ kind, name, other }) => [
    "",
    WORDS[kind],
    printableLine(kind === "renamed" && other !== undefined ? `${other} → ${name}` : name),
  ]);
  const unread = problems.filter(({ file: at, line }) => at === path && line !== undefined);
  const marks = differences.length > 0 ? [] : unread.map(({ line, message }) => ["", `line ${line}`, message]);
  return [...renderTable([...rows, ...marks]), "", `${style("good", "Wrote")} ${file} anew: ${lines(files)}.`].join(
    "\n",
  );
}

/** Whether a sum and its folder agree, for a check. */
export function renderCheckedSum({ path, files, problems }: SumOutcome, view: View): string {
  const file = printableLine(path);
  if (problems.length === 0) return `${view.style("good", `${file} agrees`)} with the folder: ${lines(files)}.`;
  const verdict = view.style("bad", `${counted(problems.length, "problem")}: the folder is not what ${file} says.`);
  return [...renderProblems(problems, "error", view), "", verdict].join("\n");
}

function lines(files: number): string {
  return counted(files, "migration");
}
