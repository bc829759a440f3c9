import type { FileProblem } from "../../errors.ts";
import { classifyFile } from "../classify-file.ts";
import { parseFileName } from "../file-name.ts";
import type { OpenFile } from "../open-migrations.ts";
import { byVersion } from "../small-versions.ts";
import type { SummedFile } from "./sum-line.ts";

/** The migration files that a sum is over, by ascending version, and those that cannot be read. */
export function readSummed(opened: readonly OpenFile[]): {
  readonly files: readonly SummedFile[];
  readonly problems: readonly FileProblem[];
} {
  const files: SummedFile[] = [];
  const problems: FileProblem[] = [];
  for (const { name, path, read } of opened) {
    const said = parseFileName(name);
    if (classifyFile(name).kind !== "migration" || !("version" in said)) continue;
    const text = read();
    if (typeof text === "string") files.push({ version: said.version, name, path, text });
    else problems.push(text);
  }
  // Two of one version stay in the order of their names, as the folder is listed.
  files.sort(byVersion);
  return { files, problems };
}
