import { basename } from "node:path";
import type { FileProblem } from "../errors.ts";
import { FileError } from "../errors.ts";
import type { MigrationsInput } from "../options.ts";
import { classifyFile } from "./classify-file.ts";
import { findDuplicateVersions } from "./duplicate-versions.ts";
import type { Migration } from "./migration.ts";
import { inspectOnce } from "./parse-cache.ts";
import { type OpenMigrations, openMigrations } from "./open-migrations.ts";
import { parseFileName } from "./file-name.ts";
import { checkSum, findSumProblems } from "./sum/check-sum.ts";
import type { VersionedFile } from "./small-versions.ts";
import { byVersion, findSmallVersions } from "./small-versions.ts";

/** What ENVSUB sections see: `process.env` by default. */
export interface ReadOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly allowUnsetEnv?: boolean;
}

/** Something about the files that stops nothing and that people should know. */
export interface FileWarning extends FileProblem {
  readonly kind: "no-migrations" | "go-migration" | "script" | "extension" | "small-version";
}

/** All migrations of a folder or a bundle. */
export interface MigrationSet {
  /** By ascending version. */
  readonly migrations: readonly Migration[];
  /** Where they come from, for people: the folder as it was given, or `bundle`. */
  readonly description: string;
  readonly warnings: readonly FileWarning[];
}

/** The same with everything that is wrong, as data. */
export interface InspectedMigrations extends MigrationSet {
  /** What stops a run. */
  readonly problems: readonly FileProblem[];
  /** What is wrong with Down sections. */
  readonly downProblems: readonly FileProblem[];
}

/**
 * Reads and parses all migrations, each file once: what was checked is what runs. Synchronous, because that is several
 * times faster for many small files and happens once, at start-up.
 *
 * @throws FileError with the problems of all files; UsageError for a URL that is no file URL
 */
export function readMigrations(input: MigrationsInput, options: ReadOptions = {}): MigrationSet {
  const opened = openMigrations(input);
  checkSum(opened);
  return parseMigrations(opened, options);
}

/** Parses all migrations of a folder or a bundle that is open and agrees with its sum. @throws FileError with the problems of all files */
export function parseMigrations(opened: OpenMigrations, options: ReadOptions = {}): MigrationSet {
  const { migrations, description, warnings, problems } = inspectOpened(opened, options);
  if (problems.length === 0) return { migrations, description, warnings };
  throw new FileError(summary(problems, description), problems);
}

/** How many file names the summary has. */
const MOST_NAMES = 5;

function summary(problems: readonly FileProblem[], description: string): string {
  const files = [...new Set(problems.map(({ file }) => file))];
  if (files.length === 1) return `the migration file ${files[0]} cannot be used`;
  const names = files.slice(0, MOST_NAMES).map((file) => basename(file));
  const more = files.length > MOST_NAMES ? ` and ${files.length - MOST_NAMES} more` : "";
  return `${files.length} migration files in ${description} cannot be used: ${names.join(", ")}${more}`;
}

/** Reads and parses all migrations; problems of files are data. @throws FileError where there is no folder */
export function inspectMigrations(input: MigrationsInput, options: ReadOptions = {}): InspectedMigrations {
  const opened = openMigrations(input);
  const inspected = inspectOpened(opened, options);
  // A file that cannot be read is a problem of both, and told once.
  return { ...inspected, problems: [...new Set([...inspected.problems, ...findSumProblems(opened)])] };
}

function inspectOpened({ description, files }: OpenMigrations, options: ReadOptions): InspectedMigrations {
  const env = options.env ?? process.env;
  const allowUnsetEnv = options.allowUnsetEnv ?? false;
  const migrations: Migration[] = [];
  const versioned: VersionedFile[] = [];
  const problems: FileProblem[] = [];
  const downProblems: FileProblem[] = [];
  const warnings: FileWarning[] = [];
  for (const file of files) {
    const { name, path } = file;
    const said = classifyFile(name);
    if (said.kind === "unusable")
      warnings.push({ kind: said.reason, file: path, message: said.message, hint: said.hint });
    if (said.kind !== "migration") continue;
    const parsedName = parseFileName(name);
    if ("version" in parsedName) versioned.push({ version: parsedName.version, name, path });
    const text = file.read();
    if (typeof text !== "string") {
      problems.push(text);
      continue;
    }
    const parsed = inspectOnce({ name, path, text, env, allowUnsetEnv });
    problems.push(...parsed.problems);
    downProblems.push(...parsed.downProblems);
    if (parsed.migration !== undefined) migrations.push(parsed.migration);
  }
  migrations.sort(byVersion);
  versioned.sort(byVersion);
  problems.push(...findDuplicateVersions(versioned));
  warnings.push(...warnOfSmallVersions(versioned));
  if (migrations.length === 0 && problems.length === 0) warnings.push(noMigrations(description));
  return { migrations, description, warnings, problems, downProblems };
}

function warnOfSmallVersions(files: readonly VersionedFile[]): readonly FileWarning[] {
  return findSmallVersions(files).map(({ file, newName }) => ({
    kind: "small-version",
    file: file.path,
    message: `its version ${file.version} is a small number beside timestamps: it comes before all of them, so it runs first on a new database and is missing on one that has later versions`,
    hint: `rename it to ${newName} (gander fix does it)`,
  }));
}

function noMigrations(description: string): FileWarning {
  return {
    kind: "no-migrations",
    file: description,
    message: `there are no migrations in ${description}`,
    hint: "gander create NAME makes one",
  };
}
