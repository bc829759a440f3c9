import { folderPath } from "../../files/folder-path.ts";
import { renameFiles } from "../../files/rename-files.ts";
import { planRenumbering } from "../../files/renumber.ts";
import { listVersionedFiles } from "../../files/versioned-files.ts";
import { counted } from "../../report/counted.ts";
import { paragraph } from "../../report/paragraph.ts";
import { printableLine } from "../../report/printable.ts";
import { renderTable } from "../../report/render-table.ts";
import type { Command } from "../command.ts";

const purposes = {
  last: "Small numbers beside timestamps get timestamps after the newest one.",
  sequential: "Timestamps get the numbers after the last number, in their order.",
} as const;

/** `gander fix` */
export const fix: Command = {
  details:
    "Where a small number stands beside timestamps by mistake (005_x.sql among 2025…_*.sql), it gets a timestamp after the newest. Otherwise it does what goose's fix does: " +
    "timestamps become the numbers after the last number, in their order, before a release.\n\n" +
    "A database where a renamed file is applied knows it by its old version: rename files before they are applied anywhere that counts.",
  options: [{ flags: "--dry-run", description: "show the new names, and rename nothing" }],
  examples: [
    { line: "gander fix --dry-run", does: "look first" },
    { line: "gander fix", does: "rename" },
  ],
  run: async ({ settings, options }) => {
    const folder = folderPath(settings.dir);
    const { kind, renames } = planRenumbering(listVersionedFiles(folder));
    const dryRun = options["dryRun"] === true;
    if (!dryRun) renameFiles(folder, renames);
    return {
      text: ({ style, width }) => {
        if (renames.length === 0) return `${style("good", "Nothing to rename.")} The files are numbered in order.`;
        const heading = `${counted(renames.length, "file")} ${dryRun ? "to rename" : "renamed"} in ${printableLine(folder)}.`;
        const rows = renames.map(({ from, to }) => ["", printableLine(from), style("faint", "→"), printableLine(to)]);
        const note = "Databases where such a file is applied know it by its old version.";
        return [
          `${style("strong", heading)} ${purposes[kind]}`,
          "",
          ...renderTable(rows),
          "",
          ...paragraph(note, width),
        ].join("\n");
      },
      json: () => ({ command: "fix", folder, kind, dryRun, renames: renames.map((rename) => ({ ...rename })) }),
    };
  },
};
