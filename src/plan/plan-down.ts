import { FileError, HistoryError, IrreversibleError, UsageError } from "../errors.ts";
import type { Migration } from "../files/migration.ts";
import type { History, HistoryRow } from "../history/history.ts";
import { compareBigints, compareVersions } from "./compare.ts";
import { dirtyError } from "./dirty-error.ts";
import type { Plan, PlanStep, PlanWarning } from "./plan.ts";

/**
 * - `last`: the version that was applied last.
 * - `all`: every applied version that has a file or a kept text; the others are told.
 * - `above`: everything above a version.
 * - `versions`: these and no others.
 */
export type DownTarget = "last" | "all" | { readonly above: bigint } | { readonly versions: readonly bigint[] };

export interface DownRules {
  /** An empty or missing Down removes the version without undoing anything; otherwise it stops the run. */
  readonly allowEmptyDown: boolean;
}

/**
 * What `down` will do: the versions concerned, last applied first. `kept` are migrations as they ran, from the history, of
 * versions whose file is gone or has changed since: their Down belongs to what is applied. A Down that is missing, unusable
 * or marked irreversible stops the run before anything is rolled back.
 */
export function planDown(
  migrations: readonly Migration[],
  history: History,
  target: DownTarget,
  rules: DownRules,
  kept: ReadonlyMap<bigint, Migration> = new Map(),
): Plan {
  const files = new Map([...migrations.map((migration) => [migration.version, migration] as const), ...kept]);
  const versions = compareVersions([...files.values()], history.rows);
  const dirty = versions.filter(
    ({ state, row, migration }) =>
      state === "dirty" && (row?.state !== "resumable" || row.direction !== "down" || migration === undefined),
  );
  if (dirty.length > 0) throw dirtyError(dirty, history.table);
  if (typeof target === "object" && "above" in target) checkAbove(migrations, history, target.above);
  const chosen = rowsToUndo(history, target);
  const withoutFile = chosen.filter(({ version }) => !files.has(version));
  if (withoutFile.length > 0 && target !== "all") throw withoutFileError(withoutFile);
  const steps = chosen.flatMap((row) => {
    const migration = files.get(row.version);
    return migration === undefined ? [] : [toStep(migration, row, rules)];
  });
  const warnings = withoutFile.map(({ version, name }): PlanWarning => ({
    kind: "no-file",
    version,
    message: `${name || version} stays applied: no file has it, so there is no Down to run`,
  }));
  const present = new Set(migrations.map(({ version }) => version));
  const told = steps.flatMap(({ migration: { version, name } }) =>
    kept.has(version) ? [keptWarning(version, name, present)] : [],
  );
  return { direction: "down", steps, warnings: [...warnings, ...told] };
}

function keptWarning(version: bigint, name: string, present: ReadonlySet<bigint>): PlanWarning {
  return present.has(version)
    ? {
        kind: "changed",
        version,
        message: `${name} has changed since it was applied: the Down that belongs to what was applied is used, from the history`,
      }
    : { kind: "no-file", version, message: `${name} has no file here: the Down that the history keeps is used` };
}

/** The rows that a rollback is about, in its order. */
export function rowsToUndo(history: History, target: DownTarget): readonly HistoryRow[] {
  const applied = history.rows
    .filter(({ dirty, state, direction }) => !dirty || (state === "resumable" && direction === "down"))
    .toSorted((a, b) => Number(b.dirty) - Number(a.dirty) || compareBigints(b.sequence, a.sequence));
  if (target === "last") return applied.slice(0, 1);
  if (target === "all") return applied;
  if ("versions" in target) return applied.filter(({ version }) => target.versions.includes(version));
  return applied.filter(({ version }) => version > target.above);
}

function toStep(migration: Migration, row: HistoryRow, rules: DownRules): PlanStep {
  checkReversible(migration, rules);
  return {
    direction: "down",
    migration,
    firstStatement: row.state === "resumable" ? row.statementsDone : 0,
    row,
  };
}

function checkReversible(migration: Migration, rules: DownRules): void {
  const { name, version, directives, down, downProblem } = migration;
  if (directives.irreversible !== undefined) {
    throw new IrreversibleError(version, `${name} is irreversible: ${directives.irreversible}`, {
      hint: "Write a new migration that does what you need, or restore a backup.",
    });
  }
  if (downProblem !== undefined) {
    throw new FileError(`${name} cannot be rolled back: its Down section cannot be used`, [downProblem]);
  }
  if ((down === undefined || down.length === 0) && !rules.allowEmptyDown) {
    throw new IrreversibleError(
      version,
      `${name} has ${down === undefined ? "no Down section" : "an empty Down section"}: rolling it back would undo nothing`,
      {
        hint: "Write its Down, or take the version out of the history with nothing undone: gander down --yes",
      },
    );
  }
}

function checkAbove(migrations: readonly Migration[], history: History, above: bigint): void {
  if (above === 0n) return;
  if (above < 0n) throw new UsageError(`${above} is not a version: a whole number from 0 on is needed`);
  const known = [...migrations, ...history.rows].some(({ version }) => version === above);
  if (!known) {
    throw new UsageError(`there is no migration with version ${above}`, { hint: "gander status lists the versions." });
  }
}

function withoutFileError(rows: readonly HistoryRow[]): HistoryError {
  const list = rows.map(({ name, version }) => name || String(version)).join(", ");
  return new HistoryError(
    "GANDER_HISTORY_UNKNOWN",
    `cannot roll back ${list}: no file has ${rows.length === 1 ? "it" : "them"}`,
    {
      hint: "Roll back with the files that applied it (a newer image, a newer checkout).",
      versions: rows.map(({ version }) => version),
    },
  );
}
