import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { FileProblem } from "../../errors.ts";
import { FileError } from "../../errors.ts";
import { type OpenMigrations, openMigrations } from "../open-migrations.ts";
import { compareSum, type SumDifference } from "./compare-sum.ts";
import { type BadLine, parseSum, SUM_NAME } from "./sum-line.ts";
import { readSummed } from "./summed-files.ts";

/** How a folder's sum and its files stand to each other. */
export interface SumState {
  readonly differences: readonly SumDifference[];
  /** Everything that is wrong, the differences among it. */
  readonly problems: readonly FileProblem[];
}

/** Reads all files and holds them against the folder's sum; a folder without one, or a bundle, has an empty one here. */
export function inspectSum({ sum, files: opened }: OpenMigrations): SumState {
  const { files, problems } = readSummed(opened);
  const written = sum?.read() ?? "";
  if (typeof written !== "string") return { differences: [], problems: [...problems, written] };
  const { lines, bad } = parseSum(written);
  const path = sum?.path ?? "";
  const conflict = bad.find(({ kind }) => kind === "conflict");
  if (conflict !== undefined) return { differences: [], problems: [badLine(conflict, path)] };
  const unread = new Set(problems.map(({ file }) => basename(file)));
  const differences = compareSum(lines, files).filter(({ name }) => !unread.has(name));
  const all = [...problems, ...bad.map((line) => badLine(line, path))];
  // A line that cannot be read is a gap in the chain: it alone is told.
  const told = differences.filter(({ kind }) => bad.length === 0 || kind !== "chain");
  const paths = new Map(files.map((file) => [file.name, file.path]));
  return { differences, problems: [...all, ...told.map((one) => problemOf(one, path, paths))] };
}

/** The same as problems of the folder alone; none where it has no sum. */
export function findSumProblems(opened: OpenMigrations): readonly FileProblem[] {
  return opened.sum === undefined ? [] : inspectSum(opened).problems;
}

/** Holds that a folder is what its sum says, where it has one. @throws FileError that names every file that is not */
export function checkSum(opened: OpenMigrations): void {
  const problems = findSumProblems(opened);
  if (problems.length > 0) throw sumError(opened.description, problems);
}

/** The same for a folder that may not be there at all. @throws FileError */
export function checkFolderSum(folder: string): void {
  if (existsSync(join(folder, SUM_NAME))) checkSum(openMigrations(folder));
}

const WAY_OUT =
  "Nothing was done. Take the files back as they were (git diff shows what has changed); or, where the change is meant, gander sum shows it and writes the sum anew.";

/** How many problems the summary names. */
const MOST = 5;

function sumError(folder: string, problems: readonly FileProblem[]): FileError {
  const named = problems.slice(0, MOST).map(({ file, line, message }) => {
    return `${basename(file)}${line === undefined ? "" : `:${line}`}: ${message}`;
  });
  const more = problems.length > MOST ? [`and ${problems.length - MOST} more`] : [];
  return new FileError(
    `the folder ${folder} is not what its gander.sum says: ${[...named, ...more].join("; ")}`,
    problems,
    {
      hint: problems.find(({ hint }) => hint !== undefined)?.hint ?? WAY_OUT,
    },
  );
}

function badLine({ number, kind }: BadLine, file: string): FileProblem {
  if (kind === "conflict") {
    return {
      file,
      line: number,
      message: "git's conflict markers: two branches have each changed the migrations",
      hint: [
        "Keep the migrations of both branches, then",
        "  gander sum            (writes the sum anew)",
        "  gander fix --missing  (where those of the branch that is merged later are the older ones: they come last then)",
        `  git add --all ${dirname(file)}`,
      ].join("\n"),
    };
  }
  return kind === "newer"
    ? {
        file,
        line: number,
        message: "a newer gander made this line",
        hint: "use the newer version of pg-gander here too",
      }
    : { file, line: number, message: "this is no line of a sum" };
}

function problemOf(difference: SumDifference, sum: string, paths: ReadonlyMap<string, string>): FileProblem {
  const { kind, name, line, other } = difference;
  const path = paths.get(name) ?? name;
  const inSum = { file: sum, ...(line !== undefined && { line }) };
  switch (kind) {
    case "changed":
      return { file: path, message: "it was changed: its text is not the one that gander.sum has" };
    case "added":
      return { file: path, message: "it is not in gander.sum" };
    case "renamed":
      return { file: path, message: `it was renamed: gander.sum has it as ${other}` };
    case "gone":
      return { ...inSum, message: `${name} is gone: it is in gander.sum, and there is no such file` };
    case "moved":
      return { ...inSum, message: `${name} was moved: it stands after ${other}, which has the greater version` };
    case "twice":
      return { ...inSum, message: `${name} is there twice` };
    case "chain":
      return {
        ...inSum,
        message: `the line of ${name} was made after another one than stands before it: lines were put in, taken out or moved`,
      };
  }
}
