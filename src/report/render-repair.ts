import type { RepairPlan } from "../migrator.ts";
import type { JsonFields } from "./json-document.ts";
import { objectText } from "./object-text.ts";
import { printable, printableLine } from "./printable.ts";
import { renderTable } from "./render-table.ts";
import type { StyleName } from "./style.ts";
import type { View } from "./view.ts";

type Finding = RepairPlan["statements"][number];

/** What `repair` found and is going to do. */
export function renderRepairPlan(plan: RepairPlan, view: View): string {
  const { style } = view;
  const lines = [`Repair of ${style("strong", printableLine(plan.name))}: ${situation(plan)}`, ""];
  if (plan.statements.length > 0) lines.push(...renderTable(plan.statements.flatMap((one) => rowsOf(one, view))), "");
  const remark = fileRemark(plan);
  if (remark !== undefined) lines.push(style("warning", remark), "");
  if (plan.cleanup.length > 0) {
    lines.push("To be cleaned up:", ...plan.cleanup.map((sql) => `  ${printable(sql)}`), "");
  }
  return [...lines, `The version will be marked ${style("strong", markWords[plan.mark])}: ${meaning(plan)}.`].join(
    "\n",
  );
}

/** What `repair` did. */
export function renderRepaired(plan: RepairPlan, view: View): string {
  const { style } = view;
  const cleaned = plan.cleanup.map((sql) => `done: ${printableLine(sql)}\n`).join("");
  return `${cleaned}${style("good", `${printableLine(plan.name)} is marked ${markWords[plan.mark]}`)}: ${meaning(plan)}.`;
}

/** What `repair` found and did, as fields of a JSON document. */
export function repairJson(plan: RepairPlan): JsonFields {
  const statements = plan.statements.map((one) => ({ ...one, objects: one.objects.map((object) => ({ ...object })) }));
  return { ...plan, statements };
}

function situation({ state, direction, statements, firstStatement }: RepairPlan): string {
  if (state === "failed") return "it failed in a transaction, and everything it did was rolled back";
  const verb = direction === "up" ? "applying" : "rolling back";
  const at = statements.length === 0 ? "" : ` at statement ${firstStatement} of ${statements.length}`;
  if (state === "running") return `its runner was lost while ${verb} it${at}`;
  if (state === "resumable") return `the next run goes on ${verb} it${at}`;
  return `it stopped while ${verb}${at}`;
}

const progressWords: Record<Finding["progress"], readonly [words: string, style: StyleName]> = {
  ran: ["ran", "faint"],
  failed: ["failed", "bad"],
  "rolled-back": ["rolled back", "warning"],
  "under-way": ["was under way", "warning"],
  "not-run": ["did not run", "faint"],
};

/** One line for the statement and its first object, one more for each other. */
function rowsOf(finding: Finding, { style }: View): readonly (readonly string[])[] {
  const [words, name] = progressWords[finding.progress];
  const texts = finding.objects.map((object) => objectText(object, finding.progress === "ran"));
  const [first, ...others] = texts.map(({ text, odd }) => (odd ? style("warning", text) : text));
  const unknown = finding.progress === "under-way" ? "the catalog does not tell whether it happened: look" : "";
  const shown = first ?? [shorten(finding.text), unknown].filter(Boolean).join(": ");
  return [
    ["", String(finding.statement), style(name, words), `line ${finding.line}:`, shown],
    ...others.map((text) => ["", "", "", "", text]),
  ];
}

function shorten(text: string): string {
  const line = printableLine(text);
  return line.length > 50 ? `${line.slice(0, 49)}…` : line;
}

function fileRemark({ file, direction, mark }: RepairPlan): string | undefined {
  const goesOn = direction === "down" && mark === "resumable" && (file === "changed" || file === "gone");
  return goesOn ? `${fileRemarks[file]} The rollback goes on with them.` : fileRemarks[file];
}

const fileRemarks: Partial<Record<RepairPlan["file"], string>> = {
  "rest-changed": "The file has changed since: what ran is the same, and what comes after it runs as it is now.",
  changed: "The file has changed since: what ran is not what it says now. The statements above are those that ran.",
  unknown: "The file has changed since, and the history does not have the text that ran.",
  gone: "The file is gone; the statements above are from the history.",
};

const markWords = { resumable: "resumable", applied: "applied", "rolled-back": "rolled back" } as const;

function meaning({ mark, state, direction, firstStatement, statements }: RepairPlan): string {
  if (mark === "applied") return "it counts as applied, and no statement of it will run";
  if (mark === "rolled-back") return "it counts as not applied, and the next gander up runs all of it";
  if (state === "failed") return "it is pending, and the next gander up runs all of it";
  const next = direction === "up" ? "gander up" : "gander down";
  if (firstStatement > statements.length) return `all statements are done, and the next ${next} only notes it`;
  return `the next ${next} goes on at statement ${firstStatement}`;
}
