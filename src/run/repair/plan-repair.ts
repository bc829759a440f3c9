import { UsageError } from "../../errors.ts";
import type { Migration, Statement } from "../../files/migration.ts";
import { parseEffects } from "../../files/parse-effects.ts";
import type { StatementEffect } from "../../files/statement-effect.ts";
import { describeStatements } from "../../files/statement-kind.ts";
import type { HistoryRow } from "../../history/history.ts";
import { changedError } from "../../plan/dirty-error.ts";
import { compareWithFile, readRan } from "./ran-text.ts";
import { canBeResumed, isAlone } from "../step/resume-statement.ts";
import type { RunContext } from "../session/run-context.ts";
import { findLeftovers } from "./leftovers.ts";
import { lookAt } from "./look-at.ts";
import type { RepairMark, RepairPlan, StatementFinding, StatementProgress } from "./repair-plan.ts";

/**
 * Looks into the catalog, statement by statement, and says what is to be done. Nothing is changed.
 *
 * @throws HistoryError where it is to be resumed and what has run is not what the file says now; UsageError without a file
 */
export async function planRepair(
  context: RunContext,
  row: HistoryRow,
  migration: Migration | undefined,
  mark: RepairMark,
): Promise<RepairPlan> {
  const { version, name, direction, state } = row;
  const plan = { version, name, direction, state, mark, firstStatement: row.statementsDone + 1 };
  if (state === "failed") return { ...plan, file: "same", statements: [], cleanup: [] };
  const ran = await readRan(context, row);
  const comparison = migration === undefined ? undefined : compareWithFile(row, ran, migration);
  const differs = comparison === undefined || comparison.ran.length > 0;
  // A rollback can go on with the text that the history keeps.
  if (mark === "resumable" && (direction === "up" || ran === undefined)) {
    if (migration === undefined) throw goneError(row);
    if (differs) throw changedError(row, comparison?.ran, context.table);
  }
  const shown = differs ? (ran ?? migration) : migration;
  const statements = shown?.[direction] ?? [];
  const file = migration === undefined ? "gone" : comparison === undefined ? "unknown" : describe(comparison);
  // A mended statement may build its index under another name than the one that failed.
  const others = shown === ran ? [] : (ran?.[direction] ?? []).slice(row.statementsDone);
  // What has run stays, unless all of it is to run again: a run does not build it a second time.
  const left = statements.slice(mark === "rolled-back" ? 0 : row.statementsDone);
  const settings = statements.slice(0, row.statementsDone);
  const { states, cleanup } = await lookAt(context, settings, statements.map(effectsOf), (connection) =>
    findLeftovers(connection, [...left, ...others].flatMap(effectsOf)),
  );
  return {
    ...plan,
    file,
    statements: statements.map((statement, at) =>
      findingOf(statement, at, progressOf(row, statements, at), states[at] ?? []),
    ),
    cleanup,
  };
}

function describe({ ran, restChanged }: { ran: readonly unknown[]; restChanged: boolean }): RepairPlan["file"] {
  if (ran.length > 0) return "changed";
  return restChanged ? "rest-changed" : "same";
}

function effectsOf({ sql }: Statement): readonly StatementEffect[] {
  return parseEffects(sql);
}

function findingOf(
  { text, place }: Statement,
  at: number,
  progress: StatementProgress,
  objects: StatementFinding["objects"],
): StatementFinding {
  const [line = ""] = text.trim().split("\n");
  return { statement: at + 1, line: place.line, text: line, progress, objects };
}

function progressOf(row: HistoryRow, statements: readonly Statement[], at: number): StatementProgress {
  const { statementsDone: done, error, state } = row;
  if (at < done) return "ran";
  if (error === undefined && state === "running") {
    if (at > done) return "not-run";
    const sql = statements[at]?.sql ?? "";
    return isAlone(describeStatements(sql)) || !canBeResumed(sql) ? "under-way" : "rolled-back";
  }
  // A transaction that committed by itself before may have come further than to the statement after that.
  const line = error?.line ?? 0;
  const failed = Math.max(
    done,
    statements.findLastIndex(({ place }) => place.line <= line),
  );
  if (at === failed) return error === undefined ? "not-run" : "failed";
  return at < failed ? "rolled-back" : "not-run";
}

function goneError({ version, name }: HistoryRow): UsageError {
  return new UsageError(`${name} has no file any more, so nothing can go on with it`, {
    hint: [
      "Put its file back, or say what you did by hand:",
      `  gander repair ${version} --mark-applied      # if it is finished`,
      `  gander repair ${version} --mark-rolled-back  # if what ran is undone`,
    ].join("\n"),
  });
}
