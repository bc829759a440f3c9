import type { Direction, PlanWarning } from "../plan/plan.ts";

/** One migration that was applied or rolled back. */
export interface StepResult {
  readonly direction: Direction;
  readonly version: bigint;
  readonly name: string;
  readonly statements: number;
  readonly durationMs: number;
}

/** What a run did. */
export interface RunResult {
  readonly direction: Direction;
  readonly steps: readonly StepResult[];
  /** The newest applied version before and after; 0 where nothing is applied. */
  readonly from: bigint;
  readonly to: bigint;
  readonly warnings: readonly PlanWarning[];
  readonly durationMs: number;
  /** The hash of the newest event that this run has in the log: kept elsewhere, it shows later that none is gone. */
  readonly logHead?: string | undefined;
}
