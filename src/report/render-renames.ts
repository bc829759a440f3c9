import type { Renumbering } from "../files/renumber.ts";
import { counted } from "./counted.ts";
import { paragraph } from "./paragraph.ts";
import { printableLine } from "./printable.ts";
import { renderTable } from "./render-table.ts";
import type { View } from "./view.ts";

const PURPOSES: Readonly<Record<Renumbering["kind"], string>> = {
  last: "Small numbers beside timestamps get timestamps after the newest one.",
  sequential: "Timestamps get the numbers after the last number, in their order.",
  missing: "What came too late gets versions after the newest one, in its old order.",
};

/** The new names of files that `fix` renames, or has renamed. */
export function renderRenames({ kind, renames }: Renumbering, folder: string, ahead: boolean, view: View): string {
  const { style, width } = view;
  if (renames.length === 0) {
    const why = kind === "missing" ? "No migration is missing in the database." : "The files are numbered in order.";
    return `${style("good", "Nothing to rename.")} ${why}`;
  }
  const heading = `${counted(renames.length, "file")} ${ahead ? "to rename" : "renamed"} in ${printableLine(folder)}.`;
  const rows = renames.map(({ from, to }) => ["", printableLine(from), style("faint", "→"), printableLine(to)]);
  const note =
    kind === "missing"
      ? "Another database where such a file is applied already knows it by its old version, and would apply it again under the new one: look at gander status there first."
      : "Databases where such a file is applied know it by its old version.";
  return [
    `${style("strong", heading)} ${PURPOSES[kind]}`,
    "",
    ...renderTable(rows),
    "",
    ...paragraph(note, width),
  ].join("\n");
}
