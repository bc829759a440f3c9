import type { ObjectKind, StatementEffect } from "../../files/statement-effect.ts";
import type { HistoryState } from "../../history/history.ts";
import type { Direction } from "../../plan/plan.ts";
import type { ObjectState } from "./object-state.ts";

/** What `repair` makes of a dirty version. */
export type RepairMark = "resumable" | "applied" | "rolled-back";

/** What the catalog has of an object that a statement creates, drops, validates or rebuilds. */
export interface ObjectFinding {
  readonly action: StatementEffect["action"];
  readonly kind: ObjectKind;
  /** As the statement names it. */
  readonly name: string;
  /** What it is of: the table of a column, the parent of a partition, the type of an enum's value. */
  readonly of?: string;
  readonly state: ObjectState;
}

/**
 * What is known of a statement of a dirty version.
 *
 * - `ran`: it is done.
 * - `failed`: it is the one that failed.
 * - `rolled-back`: it was under way when its runner was lost, or stood in the transaction of the one that failed.
 * - `under-way`: it was under way when its runner was lost, and what became of it only the catalog can tell.
 * - `not-run`: it did not run.
 */
export type StatementProgress = "ran" | "failed" | "rolled-back" | "under-way" | "not-run";

/** What the database has of one statement. */
export interface StatementFinding {
  /** 1-based. */
  readonly statement: number;
  /** Where it begins in the text that ran, or in the file where that says the same. */
  readonly line: number;
  /** Its first line, before substitution. */
  readonly text: string;
  readonly progress: StatementProgress;
  /** Empty where the catalog cannot tell. */
  readonly objects: readonly ObjectFinding[];
}

/** What `repair` found and is going to do. */
export interface RepairPlan {
  readonly version: bigint;
  readonly name: string;
  readonly direction: Direction;
  /** `failed`: a transaction was rolled back as a whole, and there is nothing to look at. */
  readonly state: HistoryState;
  readonly mark: RepairMark;
  /** 1-based: where the next run goes on if it is marked resumable. */
  readonly firstStatement: number;
  /**
   * - `same`: the file says what ran.
   * - `rest-changed`: what has run is the same, what comes after it is not.
   * - `changed`: what has run is not what the file says now.
   * - `unknown`: the history does not know what ran.
   * - `gone`: there is no file of the version.
   */
  readonly file: "same" | "rest-changed" | "changed" | "unknown" | "gone";
  readonly statements: readonly StatementFinding[];
  /** What will be run to clean up, as SQL. */
  readonly cleanup: readonly string[];
}
