import type { FileProblem } from "../errors.ts";
import { FileError } from "../errors.ts";
import { finishChecksum } from "./checksum.ts";
import { parseFileName } from "./file-name.ts";
import type { Migration } from "./migration.ts";
import { createParser } from "./migration-parser.ts";
import { readSections } from "./read-sections.ts";
import { readStart } from "./read-start.ts";
import type { Environment } from "./substitute.ts";

/** A migration file in memory, and what its ENVSUB sections see. */
export interface MigrationSource {
  readonly name: string;
  readonly path: string;
  readonly text: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly allowUnsetEnv?: boolean;
}

/** What parsing a file gave: a migration, or the problems that stop it. */
export interface ParsedMigration {
  /** Undefined where there are problems. */
  readonly migration: Migration | undefined;
  readonly problems: readonly FileProblem[];
  /** All that is wrong with the Down section; the migration carries the first. They never stop an Up. */
  readonly downProblems: readonly FileProblem[];
}

/** Parses a migration file. @throws FileError with all problems of the file */
export function parseMigration(source: MigrationSource): Migration {
  const { migration, problems } = inspectMigration(source);
  if (migration === undefined) throw new FileError(`${source.path} cannot be used`, problems);
  return migration;
}

/** Parses a migration file; problems are data. */
export function inspectMigration({ name, path, text, env, allowUnsetEnv }: MigrationSource): ParsedMigration {
  const fileName = parseFileName(name);
  const problems: FileProblem[] = [];
  if ("kind" in fileName) problems.push({ file: path, message: fileName.message, hint: fileName.hint });
  const file = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const environment: Environment = { variables: env ?? {}, allowUnset: allowUnsetEnv ?? false };
  const parser = createParser(path, file, environment);
  if (readStart(parser)) readSections(parser);
  problems.push(...parser.problems.toSorted(byPlace));
  const downProblems = parser.downProblems.toSorted(byPlace);
  if ("kind" in fileName || problems.length > 0) return { migration: undefined, problems, downProblems };
  const migration: Migration = {
    version: fileName.version,
    name,
    path,
    text: file.includes("\r\n") ? file.replaceAll("\r\n", "\n") : file,
    transaction: parser.transaction,
    directives: parser.directives,
    up: parser.up,
    down: parser.section === "down" && downProblems.length === 0 ? parser.down : undefined,
    downProblem: downProblems[0],
    checksum: finishChecksum(parser.checksum, parser.transaction),
  };
  return { migration, problems, downProblems };
}

function byPlace(left: FileProblem, right: FileProblem): number {
  return (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0);
}
