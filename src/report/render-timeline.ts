import type { Log, LoggedEvent } from "../run/show-log.ts";
import { counted } from "./counted.ts";
import { paragraph } from "./paragraph.ts";
import { printableLine } from "./printable.ts";
import { timeText } from "./time-text.ts";
import type { View } from "./view.ts";

/** One migration that is applied: when it was written, as far as that is known, and by whom. */
interface Grown {
  readonly name: string;
  readonly date: Date;
  readonly who: string;
}

const LONGEST_BAR = 30;
const INDENT = " ".repeat(11);

/**
 * How the schema grew, by month, oldest first: a bar, how many migrations, who wrote them, and their names. A migration
 * counts for the month it was written in (by its commit, else by a version that is a time), else for the one it was applied in.
 */
export function renderTimeline(log: Log, view: View): string {
  const { style, width } = view;
  const months = byMonth(grownOf(log.events));
  if (months.length === 0) return log.historyExists ? "Nothing is applied." : "There is no history yet.";
  const most = Math.max(...months.map(([, grown]) => grown.length));
  const unit = Math.min(1, LONGEST_BAR / most);
  const lines = months.flatMap(([month, grown], at) => {
    const bar = "█".repeat(Math.max(1, Math.round(grown.length * unit)));
    const before = months[at - 1]?.[0];
    const still = before === undefined ? 0 : monthNumber(month) - monthNumber(before) - 1;
    const names = grown.map(({ name }) => printableLine(name)).join(", ");
    return [
      ...(still > 0 ? [style("faint", `   ⋮       ${counted(still, "month")} without`)] : []),
      `${style("strong", month)}    ${style("accent", bar)} ${grown.length}  ${style("faint", whoText(grown))}`,
      ...paragraph(names, width, INDENT),
    ];
  });
  const all = months.reduce((total, [, grown]) => total + grown.length, 0);
  const first = months[0]?.[0];
  return [...lines, "", `${counted(all, "migration")} since ${first}`].join("\n");
}

/** The migrations that the log says are applied, from its events, whatever their order. */
function grownOf(events: readonly LoggedEvent[]): readonly Grown[] {
  const grown = new Map<bigint, Grown>();
  for (const event of events.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const { version, direction, note } = event;
    if (version === undefined) continue;
    const isGone =
      event.event === "rolled back" ||
      (event.event === "adopted" && direction === "down") ||
      (event.event === "repaired" && note === "marked rolled-back");
    const isThere =
      ["applied", "adopted", "baselined"].includes(event.event) ||
      (event.event === "repaired" && note === "marked applied");
    if (isGone) grown.delete(version);
    else if (isThere) grown.set(version, grow(event, version));
  }
  return [...grown.values()];
}

function grow({ name, timestamp, origin, databaseUser }: LoggedEvent, version: bigint): Grown {
  const date = origin?.date ?? timeOf(version) ?? timestamp;
  return { name: name ?? String(version), date, who: origin?.author ?? databaseUser };
}

/** The time that a version of 14 digits stands for. */
function timeOf(version: bigint): Date | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(String(version));
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function byMonth(grown: readonly Grown[]): readonly (readonly [month: string, grown: readonly Grown[]])[] {
  const months = new Map<string, Grown[]>();
  for (const one of grown.toSorted((a, b) => a.date.getTime() - b.date.getTime())) {
    const month = timeText(one.date).slice(0, 7);
    months.set(month, [...(months.get(month) ?? []), one]);
  }
  return [...months];
}

function monthNumber(month: string): number {
  return Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7));
}

/** Who wrote them, the busiest first: `Ann Lee (8), Bob`. */
function whoText(grown: readonly Grown[]): string {
  const counts = new Map<string, number>();
  for (const { who } of grown) counts.set(who, (counts.get(who) ?? 0) + 1);
  const names = [...counts].toSorted(([, a], [, b]) => b - a);
  return names
    .map(([who, count]) => printableLine(count === 1 || names.length === 1 ? who : `${who} (${count})`))
    .join(", ");
}
