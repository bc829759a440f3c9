import type { FileProblem } from "../errors.ts";
import type { VersionedFile } from "./small-versions.ts";

/** Finds versions that more than one file has; each problem names both files. The files come by ascending version. */
export function findDuplicateVersions(sorted: readonly VersionedFile[]): readonly FileProblem[] {
  const problems: FileProblem[] = [];
  let first: VersionedFile | undefined;
  for (const file of sorted) {
    if (first === undefined || file.version !== first.version) {
      first = file;
      continue;
    }
    problems.push({
      file: file.path,
      message: `it has the version ${file.version}, which ${first.path} has too`,
      hint:
        isHalf(file.name) && isHalf(first.name)
          ? "golang-migrate keeps Up and Down in two files: join them into one"
          : "give the one that was never applied another version",
    });
  }
  return problems;
}

function isHalf(name: string): boolean {
  return /\.(up|down)\.sql$/.test(name);
}
