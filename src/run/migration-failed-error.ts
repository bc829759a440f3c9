import { GanderError } from "../errors.ts";
import type { Direction } from "../plan/plan.ts";
import type { StepResult } from "./result.ts";

/** The lines of a file around the place where a statement failed; never with substituted values. */
export interface Excerpt {
  /** The number of the first of `lines`. */
  readonly firstLine: number;
  readonly lines: readonly string[];
  /** Where the caret goes, 1-based; columns count code points. */
  readonly line: number;
  readonly column: number;
}

/** All that is known of a migration that failed. */
export interface Failure {
  readonly direction: Direction;
  readonly version: bigint;
  /** The file's name, and its path as people know it. */
  readonly file: string;
  readonly path: string;
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** The statement that failed, before substitution; undefined where it was not a statement of the file (a COMMIT of ours, say). */
  readonly statement: string | undefined;
  /** Which statement of the file it was, 1-based, and how many the direction has. */
  readonly statementNumber: number | undefined;
  readonly statements: number;
  readonly excerpt: Excerpt | undefined;
  readonly sqlState: string;
  /** PostgreSQL's words, with substituted values taken out. */
  readonly serverMessage: string;
  readonly detail: string | undefined;
  readonly serverHint: string | undefined;
  /** PostgreSQL's context: the line of a function body, say. */
  readonly where: string | undefined;
  /** What this run had applied (or rolled back) before. */
  readonly applied: readonly StepResult[];
  /** The state that the database is in now, in a sentence or two. */
  readonly state: string;
}

/** A migration failed. What was applied before it stays; `failure.state` says what became of it. */
export class MigrationFailedError extends GanderError {
  override readonly code = "GANDER_MIGRATION_FAILED";
  readonly failure: Failure;

  constructor(message: string, failure: Failure, options: { hint?: string | undefined; cause?: unknown } = {}) {
    super(message, options);
    this.failure = failure;
  }

  /** What this run had applied (or rolled back) before the one that failed. */
  get applied(): readonly StepResult[] {
    return this.failure.applied;
  }
}
