import { statSync } from "node:fs";
import type { FileProblem } from "../errors.ts";
import { FileError } from "../errors.ts";
import type { MigrationsInput } from "../options.ts";
import { folderPath } from "./folder-path.ts";
import type { Migration } from "./migration.ts";
import type { FileWarning, ReadOptions } from "./read-migrations.ts";
import { inspectMigrations } from "./read-migrations.ts";
import { readText } from "./read-text.ts";
import { findRefusedInTransaction, findTransactionControl } from "./transaction-check.ts";

/** A warning of `validate`: one of reading the files, or about what is in them. */
export interface ValidationWarning extends FileProblem {
  readonly kind: FileWarning["kind"] | "transaction-control" | "empty-up" | "no-down";
}

/** What is wrong with migrations, without a database; by file and line. */
export interface Validation {
  /** Those that can be used. */
  readonly migrations: readonly Migration[];
  readonly problems: readonly FileProblem[];
  readonly warnings: readonly ValidationWarning[];
}

/** Checks all migrations in both directions. A path may also be that of one file. @throws FileError where there is nothing */
export function validateMigrations(input: MigrationsInput, options: ReadOptions = {}): Validation {
  const inspected = inspectMigrations(oneFile(input) ?? input, options);
  const problems: FileProblem[] = [...inspected.problems, ...inspected.downProblems];
  const warnings: ValidationWarning[] = [...inspected.warnings];
  for (const migration of inspected.migrations) {
    for (const direction of ["up", "down"] as const) {
      problems.push(...findRefusedInTransaction(migration, direction));
      for (const found of findTransactionControl(migration, direction))
        warnings.push({ kind: "transaction-control", ...found });
    }
    warnings.push(...findGaps(migration));
  }
  return {
    migrations: inspected.migrations,
    problems: problems.toSorted(byPlace),
    warnings: warnings.toSorted(byPlace),
  };
}

function oneFile(input: MigrationsInput): MigrationsInput | undefined {
  if (typeof input !== "string" && !(input instanceof URL)) return undefined;
  const path = folderPath(input);
  if (!path.endsWith(".sql") || statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  const text = readText(path, path);
  if (typeof text !== "string") throw new FileError(`${path} cannot be used`, [text]);
  return [{ name: path, text }];
}

function findGaps({ path, up, down, downProblem, directives }: Migration): readonly ValidationWarning[] {
  const gaps: ValidationWarning[] = [];
  if (up.length === 0) {
    gaps.push({
      kind: "empty-up",
      file: path,
      message: "its Up section has no statement",
      hint: "write one, or delete the file",
    });
  }
  if (downProblem === undefined && directives.irreversible === undefined && (down === undefined || down.length === 0)) {
    gaps.push({
      kind: "no-down",
      file: path,
      message: down === undefined ? "it has no Down section" : "its Down section has no statement",
      hint: "write what takes the change back, or say why nothing can: -- +gander irreversible: the reason",
    });
  }
  return gaps;
}

function byPlace(left: FileProblem, right: FileProblem): number {
  if (left.file !== right.file) return left.file < right.file ? -1 : 1;
  return (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0);
}
