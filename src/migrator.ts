import type { Plan, VersionStatus } from "./plan/plan.ts";
import type { RunResult } from "./run/result.ts";

export interface UpOptions {
  /** Up to and with this version. */
  readonly to?: bigint;
  /** At most this many migrations. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

/** What is asked before a run that could lose rows, or undo what cannot be undone. */
export interface Confirmation {
  readonly plan: Plan;
  readonly reasons: readonly string[];
}

export interface DownOptions {
  /** Roll back everything above this version; without it, the version that was applied last. */
  readonly to?: bigint;
  readonly signal?: AbortSignal;
  /**
   * Called where a person would be asked; the run goes on only on `true`. Without it nothing is asked.
   */
  readonly confirm?: (question: Confirmation) => Promise<boolean>;
  /** A version with an empty or missing Down leaves the history without anything being undone; otherwise it stops the run. */
  readonly allowEmptyDown?: boolean;
}

export interface Status {
  /** `schema.table` */
  readonly table: string;
  readonly historyExists: boolean;
  /** The newest applied version; 0 where nothing is applied. */
  readonly version: bigint;
  /** By ascending version. */
  readonly versions: readonly VersionStatus[];
}

export interface RepairOptions {
  /** The version to repair; without it, the only dirty one. */
  readonly version?: bigint;
  readonly mark?: "resumable" | "applied" | "rolled-back";
  readonly confirm?: (question: RepairPlan) => Promise<boolean>;
}

/** What `repair` found and is going to do. */
export interface RepairPlan {
  readonly version: bigint;
  readonly name: string;
  readonly mark: "resumable" | "applied" | "rolled-back";
  /** One line a statement: what of it is there. */
  readonly findings: readonly string[];
  /** What will be run to clean up, as SQL. */
  readonly cleanup: readonly string[];
}

/** Migrates one database from one set of files. Connects when first needed. */
export interface Migrator extends AsyncDisposable {
  up(options?: UpOptions): Promise<RunResult>;
  down(options?: DownOptions): Promise<RunResult>;
  /** Rolls the version that was applied last back and applies it again. */
  redo(options?: DownOptions): Promise<RunResult>;
  /** Rolls back all applied versions that have files. */
  reset(options?: DownOptions): Promise<RunResult>;
  status(): Promise<Status>;
  /** The newest applied version; 0 where nothing is applied. */
  version(): Promise<bigint>;
  /** What `up` (or `down`) would do, without doing it. */
  plan(options?: (UpOptions & { direction?: "up" }) | (DownOptions & { direction: "down" })): Promise<Plan>;
  /** What would be sent for a plan, as SQL text for a reviewer; variables stand unreplaced. */
  renderPlan(plan: Plan): Promise<string>;
  repair(options?: RepairOptions): Promise<RepairPlan>;
  /** Takes over the text of an applied file that has changed since. */
  accept(version: bigint): Promise<void>;
  close(): Promise<void>;
}
