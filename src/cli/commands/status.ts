import { renderStatus } from "../../report/render-status.ts";
import { statusJson } from "../../report/status-json.ts";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import { withMigrator } from "../with-migrator.ts";

/** `gander status` */
export const status: Command = {
  details:
    "Writes nothing and takes no lock, and creates no table. Versions that are applied and have no file are shown too, and those whose file has changed since.",
  options: [{ flags: "--exit-code", description: "exit with 3 if something is pending, missing, failed or dirty" }],
  examples: [
    { line: "gander status", does: "all migrations" },
    { line: "gander status --exit-code", does: "for a script: is the database up to date?" },
    { line: "gander status --json", does: "for a program" },
  ],
  run: async (context) => {
    const found = await withMigrator(context, ({ migrator }) => migrator.status());
    const upToDate = found.versions.every(({ state }) => state === "applied" || state === "unknown");
    return {
      text: (view) => renderStatus(found, view),
      json: () => ({ command: "status", ...statusJson(found) }),
      exitCode: context.options["exitCode"] === true && !upToDate ? exitCodes.found : exitCodes.fine,
    };
  },
};
