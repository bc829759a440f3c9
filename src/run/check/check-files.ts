import { ConfigError, FileError } from "../../errors.ts";
import type { FileWarning, MigrationSet } from "../../files/read-migrations.ts";
import type { Migration } from "../../files/migration.ts";
import { describeStatements, type StatementFacts } from "../../files/statement-kind.ts";
import { findRefusedInTransaction } from "../../files/transaction-check.ts";
import type { HistoryRow } from "../../history/history.ts";
import type { PlanStep, PlanWarning } from "../../plan/plan.ts";

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
    {
      hint: [
        ...small.map(({ hint }) => hint),
        ...alsoMissing(migrations, applied, new Set(small.map(({ file }) => file))),
        "To apply it all the same: --missing apply",
      ].join("\n"),
    },
  );
}

/** What is missing beside small numbers, which would be told only after those were renamed. */
function alsoMissing(
  migrations: readonly Migration[],
  applied: ReadonlySet<bigint>,
  told: ReadonlySet<string>,
): readonly string[] {
  const newest = [...applied].reduce((highest, version) => (version > highest ? version : highest), 0n);
  const late = migrations.filter(({ version, path }) => version < newest && !applied.has(version) && !told.has(path));
  if (late.length === 0) return [];
  const names = late.map(({ name }) => name).join(", ");
  return [
    `Older than the newest applied one and never applied, too: ${names} (gander fix --missing renames all of these)`,
  ];
}

/**
 * Through a transaction pooler what a migration sets in its session reaches other clients, the application among them.
 *
 * @throws ConfigError that names the places
 */
export function checkSessionState(steps: readonly PlanStep[]): void {
  const places = steps.flatMap(({ migration, direction }) =>
    (migration[direction] ?? [])
      .filter(({ sql }) => MAY_SET.test(sql) && describeStatements(sql).some(outlivesTransaction))
      .map(({ place, text }) => `${migration.path}:${place.line}: ${text.split("\n")[0]}`),
  );
  if (places.length === 0) return;
  throw new ConfigError(
    `this connection goes through a pooler, and a session-level setting would reach the application's connections:\n${places.join("\n")}`,
    { hint: "Name the server itself for migrations: migrationUrl (--migration-url). Or write SET LOCAL." },
  );
}

const MAY_SET = /\bset\b|set_config|\breset\b|\bdiscard\b|advisory/i;
const LEFT_BEHIND = new Set(["set", "reset", "role", "session-authorization", "discard", "advisory-lock"]);

function outlivesTransaction({ sessionState }: StatementFacts): boolean {
  return sessionState.some(({ kind }) => LEFT_BEHIND.has(kind));
}

/** What is to be said of the files, as warnings of a run. */
export function warningsOf(warnings: readonly FileWarning[]): readonly PlanWarning[] {
  return warnings.map(({ file, message, hint }) => ({
    kind: "file",
    version: 0n,
    message: `${file}: ${message}${hint === undefined ? "" : `; ${hint}`}`,
  }));
}
