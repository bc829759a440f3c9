import type { Status } from "../migrator.ts";
import type { StatusState, VersionStatus } from "../plan/plan.ts";
import { counted } from "./counted.ts";
import { durationText } from "./duration-text.ts";
import { paragraph } from "./paragraph.ts";
import { printableLine } from "./printable.ts";
import { renderTable } from "./render-table.ts";
import type { StyleName } from "./style.ts";
import { renderWarning } from "./render-warnings.ts";
import { timeText } from "./time-text.ts";
import type { View } from "./view.ts";

const stateStyles: Readonly<Record<StatusState, StyleName>> = {
  applied: "good",
  pending: "accent",
  missing: "warning",
  unknown: "warning",
  failed: "bad",
  dirty: "bad",
};

/** All versions as a table, what they come to, and what to do where something is not as it should be. */
export function renderStatus(status: Status, view: View): string {
  return [
    ...table(status, view),
    ...(status.versions.length === 0 ? [] : [""]),
    ...summary(status, view),
    ...remarks(status, view),
    ...(status.warnings.length === 0 ? [] : [""]),
    ...status.warnings.flatMap((warning) => renderWarning(warning, view)),
  ].join("\n");
}

function table(status: Status, view: View): string[] {
  if (status.versions.length === 0) return [];
  const { style } = view;
  const header = ["State", "When (UTC)", "Took", "Migration"].map((title) => style("strong", title));
  return renderTable([header, ...status.versions.map((version) => row(version, view))]);
}

function row(version: VersionStatus, view: View): string[] {
  const { style } = view;
  const { row: history, state } = version;
  const applied = history !== undefined && (state === "applied" || state === "unknown");
  const mark = version.changed ? ` ${style("warning", "(changed since)")}` : sourceMark(version, view);
  return [
    style(stateStyles[state], state),
    applied || state === "dirty" || state === "failed"
      ? history === undefined
        ? ""
        : timeText(history.timestamp)
      : "",
    applied && history.durationMs !== undefined ? durationText(history.durationMs) : "",
    printableLine(version.name === "" ? version.version.toString() : version.name) + mark,
  ];
}

/** Where a version comes from that gander has not run itself. */
function sourceMark({ row, migration, state }: VersionStatus, { style }: View): string {
  if (row === undefined || row.source === "gander" || state !== "applied") return "";
  const text = row.checksum === undefined && migration === undefined ? ", no SQL" : "";
  return ` ${style("faint", `(${printableLine(row.source)}${text})`)}`;
}

function summary(status: Status, { style }: View): string[] {
  const version = status.version === 0n ? "nothing is applied" : `version ${status.version}`;
  const history = status.historyExists ? `history in ${printableLine(status.table)}` : "no history yet";
  const counts = (["applied", "unknown", "pending", "missing", "failed", "dirty"] as const)
    .map((state) => ({ state, count: status.versions.filter((one) => one.state === state).length }))
    .filter(({ count, state }) => count > 0 || state === "applied" || state === "pending")
    .map(({ state, count }) => style(count > 0 ? stateStyles[state] : "faint", `${count} ${state}`));
  return [`${style("strong", version)} (${history}): ${counts.join(", ")}`];
}

/** One remark for each kind of version that needs a thought. */
function remarks(status: Status, view: View): string[] {
  const remark = (style: StyleName, versions: readonly VersionStatus[], text: string): string[] =>
    versions.length === 0 ? [] : ["", ...paragraph(`${view.style(style, `${named(versions)}:`)} ${text}`, view.width)];
  const of = (state: StatusState): VersionStatus[] => status.versions.filter((version) => version.state === state);
  return [
    ...of("dirty").flatMap((version) => remark("bad", [version], dirtyText(version))),
    ...of("failed").flatMap((version) => remark("bad", [version], failedText(version))),
    ...remark(
      "warning",
      of("missing"),
      "older than the newest applied version and never applied. gander up stops at this; gander up --missing apply applies such files, gander fix renames them behind the others.",
    ),
    ...remark(
      "warning",
      of("unknown"),
      "applied, and no file has it: a newer deployment applied it, or the file was removed.",
    ),
    ...remark(
      "warning",
      status.versions.filter((version) => version.changed),
      "the file's SQL is no longer what was applied. Undo the change and put it into a new migration, or take it over as it is: gander accept VERSION.",
    ),
  ];
}

function dirtyText({ version, row }: VersionStatus): string {
  if (row?.state === "newer") return "a newer gander wrote its state, which this one does not know: use the newer one.";
  const direction = row?.direction === "down" ? "rolling back" : "applying";
  if (row?.state === "running") return `${direction} it is under way, or its runner has crashed; gander up finds out.`;
  if (row?.state === "resumable") return `it stopped half way and was repaired; the next gander up goes on with it.`;
  const done = row === undefined ? "" : ` after ${counted(row.statementsDone, "statement")} of ${row.statements}`;
  const why = row?.error === undefined ? "" : ` (${printableLine(row.error.message)})`;
  return `${direction} it stopped half way${done}${why}. Look at it with gander repair ${version}.`;
}

function failedText({ row }: VersionStatus): string {
  const why = row?.error === undefined ? "" : `: ${printableLine(row.error.message)}`;
  return `it failed and was rolled back as a whole${why}. The next gander up tries it again.`;
}

function named(versions: readonly VersionStatus[]): string {
  const names = versions.map(({ version }) => version.toString());
  return names.length <= 5 ? names.join(", ") : `${names.slice(0, 4).join(", ")} and ${names.length - 4} more`;
}
