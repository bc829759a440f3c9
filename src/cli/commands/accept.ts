import { headLine } from "../../report/head-line.ts";
import type { Command } from "../command.ts";
import { parseVersion } from "../parse-version.ts";
import { withMigrator } from "../with-migrator.ts";

/** `gander accept VERSION` */
export const accept: Command = {
  details:
    "The history keeps a checksum of each applied file, and up stops where a file's SQL is no longer what was applied. This takes the file over as it is now; no statement of it runs.",
  argumentDescriptions: { version: "the applied version whose file has changed" },
  examples: [{ line: "gander accept 20250408141648", does: "the change is harmless, such as a reformatted file" }],
  run: async (context) => {
    const version = parseVersion(context.args[0], 1n);
    const head = await withMigrator(context, async ({ migrator, logHead }) => {
      await migrator.accept(version);
      return logHead();
    });
    return {
      text: (view) =>
        [
          `${view.style("good", `Version ${version} is accepted`)}: the history has the text of its file as it is now.`,
          ...(head === undefined ? [] : [headLine(head, view)]),
        ].join("\n"),
      json: () => ({ command: "accept", version, logHead: head ?? null }),
    };
  },
};
