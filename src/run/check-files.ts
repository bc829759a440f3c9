import { FileError } from "../errors.ts";
import type { FileWarning, MigrationSet } from "../files/read-migrations.ts";
import { findRefusedInTransaction } from "../files/transaction-check.ts";
import type { HistoryRow } from "../history/history.ts";
import type { PlanStep, PlanWarning } from "../plan/plan.ts";

/** What PostgreSQL is certain to refuse is told before anything runs. @throws FileError */
export function checkSteps(steps: readonly PlanStep[]): void {
  const problems = steps.flatMap(({ migration, direction }) => findRefusedInTransaction(migration, direction));
  if (problems.length === 0) return;
  throw new FileError(
    problems.length === 1
      ? "a statement cannot run where it stands"
      : `${problems.length} statements cannot run where they stand`,
    problems,
  );
}

/**
 * A small number beside timestamps comes before all of them: on a new database it would run first, on another one it is
 * missing. Where it is not applied yet, it is almost surely a mistake.
 *
 * @throws FileError that names the files and their new names
 */
export function checkSmallVersions({ migrations, warnings }: MigrationSet, rows: readonly HistoryRow[]): void {
  const applied = new Set(rows.filter(({ dirty }) => !dirty).map(({ version }) => version));
  const pending = new Set(migrations.filter(({ version }) => !applied.has(version)).map(({ path }) => path));
  const small = warnings.filter(({ kind, file }) => kind === "small-version" && pending.has(file));
  const [first] = small;
  if (first === undefined) return;
  throw new FileError(
    small.length === 1 ? `${first.file} has a version out of line` : `${small.length} files have versions out of line`,
    small,
    { hint: small.map(({ hint }) => hint).join("\n") + "\nTo apply it all the same: --missing apply" },
  );
}

/** What is to be said of the files, as warnings of a run. */
export function warningsOf(warnings: readonly FileWarning[]): readonly PlanWarning[] {
  return warnings.map(({ file, message, hint }) => ({
    kind: "file",
    version: 0n,
    message: `${file}: ${message}${hint === undefined ? "" : `; ${hint}`}`,
  }));
}
