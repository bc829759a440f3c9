import { HistoryError, UsageError } from "../errors.ts";
import type { Migration } from "../files/migration.ts";
import { findTransactionControl } from "../files/transaction-check.ts";
import type { History, HistoryRow } from "../history/history.ts";
import { checkHistory, counted, names } from "./check-history.ts";
import { compareVersions, newestApplied } from "./compare.ts";
import { dirtyError } from "./dirty-error.ts";
import { warnOfHeldLocks } from "./held-locks.ts";
import type { Plan, PlanStep, PlanWarning, Policies, VersionStatus } from "./plan.ts";

export interface UpTarget {
  /** Up to and with this version. */
  readonly to?: bigint | undefined;
  /** At most this many migrations. */
  readonly limit?: number | undefined;
  /** This version and no other. */
  readonly only?: bigint | undefined;
}

/**
 * What `up` will do: everything that is not applied, up to the target, by ascending version; a migration that `repair`
 * marked resumable goes on where it stopped.
 *
 * @throws HistoryError where the history needs a person, or the policies say so; UsageError for a target without a file.
 */
export function planUp(migrations: readonly Migration[], history: History, target: UpTarget, policies: Policies): Plan {
  const versions = compareVersions(migrations, history.rows);
  const dirty = versions.filter(
    ({ state, row, migration }) => state === "dirty" && (row?.state !== "resumable" || migration === undefined),
  );
  if (dirty.length > 0) throw dirtyError(dirty, history.table);
  checkTarget(migrations, history.rows, target);
  const warnings = [...checkHistory(versions, policies)];
  const inRange = versions.filter(
    ({ version }) =>
      (target.to === undefined || version <= target.to) && (target.only === undefined || version === target.only),
  );
  const missing = olderThanNewest(inRange, newestApplied(history.rows));
  if (missing.length > 0 && policies.missing === "error") throw missingError(missing);
  if (policies.missing === "ignore") warnings.push(...missing.map(ignored));
  const left = policies.missing === "ignore" ? new Set(missing) : new Set<VersionStatus>();
  const toDo = inRange.filter((version) => isToDo(version) && !left.has(version));
  // A rollback that was stopped is finished first; then its version is as pending as any other.
  const downs = toDo.filter(isHalfUndone).toReversed().map(toStep);
  const ups = toDo.map((version) => toStep(isHalfUndone(version) ? { ...version, row: undefined } : version));
  const planned = [...downs, ...(target.limit === undefined ? ups : ups.slice(0, target.limit))];
  warnings.push(...planned.flatMap(warnAboutFile), ...warnOfHeldLocks(planned));
  return { direction: "up", steps: planned, warnings };
}

function isToDo({ state, row, migration }: VersionStatus): boolean {
  if (migration === undefined) return false;
  return state === "pending" || state === "missing" || state === "failed" || row?.state === "resumable";
}

function isHalfUndone({ row }: VersionStatus): boolean {
  return row?.state === "resumable" && row.direction === "down";
}

function toStep({ row, migration }: VersionStatus): PlanStep {
  const resumed = row?.state === "resumable";
  return {
    direction: resumed ? row.direction : "up",
    migration: migration as Migration,
    firstStatement: resumed ? row.statementsDone : 0,
    row,
  };
}

function olderThanNewest(versions: readonly VersionStatus[], newest: bigint): readonly VersionStatus[] {
  return versions.filter(
    ({ version, state, migration }) =>
      migration !== undefined && version < newest && (state === "missing" || state === "failed"),
  );
}

/** @throws UsageError for a target that neither a file nor the history has */
export function checkTarget(
  migrations: readonly Pick<Migration, "version">[],
  rows: readonly HistoryRow[],
  { to }: Pick<UpTarget, "to">,
): void {
  if (to === undefined) return;
  if (migrations.some(({ version }) => version === to) || rows.some(({ version }) => version === to)) return;
  throw new UsageError(`there is no migration with version ${to}`, { hint: "gander status lists the versions." });
}

function missingError(missing: readonly VersionStatus[]): HistoryError {
  return new HistoryError(
    "GANDER_HISTORY_MISSING",
    `${counted(missing.length, "migration")} older than the newest applied one ${missing.length === 1 ? "was" : "were"} never applied: ${names(missing)}`,
    {
      hint: [
        "They came late, for instance from a branch that was merged after a newer one. Either",
        "  give them versions after the newest one:  gander fix --missing       (all databases then apply them in the same order)",
        '  or apply them now, out of order:          gander up --missing apply  (missing: "apply")',
        '  or leave them out:                        gander up --missing ignore (missing: "ignore")',
      ].join("\n"),
      versions: missing.map(({ version }) => version),
    },
  );
}

function ignored({ version, name }: VersionStatus): PlanWarning {
  return {
    kind: "missing",
    version,
    message: `${name} is older than the newest applied version and was not applied: ignored`,
  };
}

function warnAboutFile({ migration }: PlanStep): readonly PlanWarning[] {
  return [...warnOfTransactionControl(migration), ...warnOfDown(migration)];
}

function warnOfTransactionControl(migration: Migration): readonly PlanWarning[] {
  return findTransactionControl(migration, "up").map(({ file, line, message }) => ({
    kind: "transaction-control",
    version: migration.version,
    message: `${file}:${line}: ${message}`,
  }));
}

function warnOfDown(migration: Migration): readonly PlanWarning[] {
  if (migration.downProblem === undefined) return [];
  const { file, line, message } = migration.downProblem;
  const place = line === undefined ? file : `${file}:${line}`;
  return [
    {
      kind: "down-unusable",
      version: migration.version,
      message: `${place}: the Down section cannot be used: ${message}`,
    },
  ];
}
