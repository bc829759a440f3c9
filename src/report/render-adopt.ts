import type { AdoptPlan } from "../migrator.ts";
import { counted } from "./counted.ts";
import type { JsonFields } from "./json-document.ts";
import { paragraph } from "./paragraph.ts";
import { printableLine } from "./printable.ts";
import { renderTable } from "./render-table.ts";
import { timeText } from "./time-text.ts";
import type { View } from "./view.ts";

/** What `adopt` found and is going to do. */
export function renderAdoptPlan(plan: AdoptPlan, view: View): string {
  const { style } = view;
  const title = `What ${plan.tool} has applied (${printableLine(plan.from)}) comes into ${printableLine(plan.table)}. No migration runs.`;
  return [
    style("strong", title),
    "",
    ...versionTable(plan, view),
    ...fileTable(plan, view),
    ...remarkLines(plan, view),
    ...summary(plan, view),
  ].join("\n");
}

/** What `adopt` did. */
export function renderAdopted(plan: AdoptPlan, view: View): string {
  const { style } = view;
  const { versions, undone, known, tool } = plan;
  const table = printableLine(plan.table);
  if (versions.length === 0 && undone.length === 0) {
    return known === 0
      ? `${style("good", "Nothing to take over.")} ${tool} has applied nothing.`
      : `${style("good", "Nothing new to take over.")} All ${counted(known, "version")} of ${tool} are in ${table}.`;
  }
  const gone = undone.length > 0 ? `, ${counted(undone.length, "version")} taken out of it` : "";
  return [
    `${style("good", `${counted(versions.length, "version")} of ${tool} taken over`)} into ${table}${gone}.`,
    ...paragraph(`${printableLine(plan.from)} was left alone. What comes next:`, view.width),
    `  gander status  ${style("faint", "# see that it is right")}`,
    `  gander up      ${style("faint", `# apply what is left: ${counted(plan.pending.length, "migration")}`)}`,
  ].join("\n");
}

/** What `adopt` found or did, as fields of a JSON document. */
export function adoptJson(plan: AdoptPlan): JsonFields {
  return {
    tool: plan.tool,
    from: plan.from,
    table: plan.table,
    versions: plan.versions.map(({ version, name, key, appliedAt, migration, source }) => ({
      version,
      name,
      key,
      appliedAt: appliedAt ?? null,
      sql: migration !== undefined,
      source,
    })),
    known: plan.known,
    undone: plan.undone.map((one) => ({ ...one })),
    pending: plan.pending.map((one) => ({ ...one })),
    folder: plan.folder ?? null,
    files: plan.rewritten.map((file) => ({ ...file })),
    remarks: plan.remarks,
  };
}

function versionTable({ versions, tool }: AdoptPlan, { style }: View): readonly string[] {
  if (versions.length === 0) return [];
  const header = ["Version", "Applied (UTC)", "Migration", `In ${tool}`].map((text) => style("strong", text));
  const rows = versions.map(({ version, appliedAt, name, key, migration }) => [
    String(version),
    appliedAt === undefined ? style("faint", "not known") : timeText(new Date(appliedAt)),
    printableLine(name) + (migration === undefined ? style("faint", " (no SQL file)") : ""),
    key === name || key === String(version) ? "" : printableLine(key),
  ]);
  return [...renderTable([header, ...rows]), ""];
}

function fileTable({ rewritten, folder }: AdoptPlan, { style }: View): readonly string[] {
  if (rewritten.length === 0) return [];
  const rows = rewritten.map(({ from, to }) => ["", printableLine(from), style("faint", "→"), printableLine(to)]);
  return [
    `${counted(rewritten.length, "file")} in goose's format in ${printableLine(folder ?? "")}:`,
    ...renderTable(rows),
    "",
  ];
}

function remarkLines({ remarks }: AdoptPlan, { style, width }: View): readonly string[] {
  if (remarks.length === 0) return [];
  return [
    ...remarks.flatMap((remark) => paragraph(`${style("warning", "note:")} ${printableLine(remark)}`, width)),
    "",
  ];
}

function summary({ versions, known, undone, pending, tool }: AdoptPlan, view: View): readonly string[] {
  const names = (list: AdoptPlan["undone"]): string => list.map(({ name }) => printableLine(name)).join(", ");
  const parts = [
    `${counted(versions.length, "version")} to take over.`,
    known > 0 ? `${counted(known, "version")} in the history already.` : "",
    undone.length > 0 ? `Rolled back by ${tool} since, to be taken out of the history: ${names(undone)}.` : "",
    pending.length > 0 ? `Left for gander up: ${names(pending)}.` : "Nothing is left for gander up.",
  ];
  return paragraph(parts.filter(Boolean).join(" "), view.width);
}
