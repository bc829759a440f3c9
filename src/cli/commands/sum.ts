import { join } from "node:path";
import type { FileProblem } from "../../errors.ts";
import { folderPath } from "../../files/folder-path.ts";
import { openMigrations } from "../../files/open-migrations.ts";
import { inspectSum } from "../../files/sum/check-sum.ts";
import { SUM_NAME } from "../../files/sum/sum-line.ts";
import { readSummed } from "../../files/sum/summed-files.ts";
import { writeSum } from "../../files/sum/write-sum.ts";
import { renderCheckedSum, renderWrittenSum, type SumOutcome } from "../../report/render-sum.ts";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-code.ts";

/** `gander sum` */
export const sum: Command = {
  details:
    "The file gander.sum in the migrations folder has a line for each migration, each made over the text and the line before it. Two branches that both add a migration then meet as a conflict in git, " +
    "and a file that was changed, lost or slipped in is told by every command before anything runs.\n\n" +
    "This shows what has changed since the sum was written and writes it anew; where there is none, it makes it. create and fix keep it by themselves. To do without a sum, delete the file.",
  options: [{ flags: "--check", description: "only check: exit with 3 if the sum and the folder differ" }],
  examples: [
    { line: "gander sum", does: "a migration was written, or a merge had a conflict in gander.sum" },
    { line: "gander sum --check", does: "in CI" },
  ],
  run: async ({ settings, options }) => {
    const folder = folderPath(settings.dir);
    const check = options["check"] === true;
    const found = inspect(folder, check);
    if (!check) writeSum(folder);
    const { path, differences, problems } = found;
    return {
      text: (view) => (check ? renderCheckedSum(found, view) : renderWrittenSum(found, view)),
      json: () => ({
        command: "sum",
        path,
        check,
        migrations: found.files,
        differences: differences.map((difference) => ({ ...difference })),
        problems: problems.map((problem) => ({ ...problem })),
      }),
      exitCode: check && problems.length > 0 ? exitCodes.found : exitCodes.fine,
    };
  },
};

function inspect(folder: string, check: boolean): SumOutcome {
  const opened = openMigrations(folder);
  const path = join(folder, SUM_NAME);
  const existed = opened.sum !== undefined;
  const files = readSummed(opened.files).files.length;
  const none: FileProblem = { file: path, message: "there is no such file", hint: "gander sum makes it" };
  if (!existed && check) return { path, existed, files, differences: [], problems: [none] };
  return { path, existed, files, ...inspectSum(opened) };
}
