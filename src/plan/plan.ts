import type { Migration } from "../files/migration.ts";
import type { HistoryRow } from "../history/history.ts";

export type Direction = "up" | "down";

/** What to do about versions that are older than the newest applied one and were never applied. */
export type MissingPolicy = "error" | "apply" | "ignore";
/** What to do about applied versions that no file has. */
export type UnknownPolicy = "allow" | "refuse";
/** What to do about applied files whose SQL is no longer what was applied. */
export type ChangedPolicy = "error" | "warn" | "ignore";

/** What to do about pending versions that somebody has rolled back, and whose file is as it was. */
export type HeldPolicy = "apply" | "refuse";

export interface Policies {
  readonly missing: MissingPolicy;
  readonly unknownVersions: UnknownPolicy;
  readonly changedFiles: ChangedPolicy;
}

/** One migration to run, in one direction. */
export interface PlanStep {
  readonly direction: Direction;
  readonly migration: Migration;
  /** The statement (0-based) to begin with: more than 0 only where a migration outside a transaction is resumed. */
  readonly firstStatement: number;
  /** The version's row, where it has one. */
  readonly row: HistoryRow | undefined;
}

/** Something that does not stop the run and that people should know. */
export interface PlanWarning {
  readonly kind:
    | "missing"
    | "unknown"
    | "changed"
    | "down-unusable"
    | "failed-without-file"
    | "no-file"
    | "transaction-control"
    | "held-locks"
    | "other-tool"
    | "file";
  /** 0 where it is about no version: a file that is none of ours, say. */
  readonly version: bigint;
  readonly message: string;
}

/** What a run will do, in order. */
export interface Plan {
  readonly direction: Direction;
  readonly steps: readonly PlanStep[];
  readonly warnings: readonly PlanWarning[];
}

/**
 * - `applied`: also a version that was adopted without a text, which never had an SQL file.
 * - `pending`: not applied, newer than the newest applied one (or nothing is applied).
 * - `missing`: not applied, older than the newest applied one.
 * - `unknown`: applied, and no file has it.
 * - `failed`, `dirty`: see HistoryState; `failed` is tried again by the next run, `dirty` needs a person.
 */
export type StatusState = "applied" | "pending" | "missing" | "unknown" | "failed" | "dirty";

/** One version, as files and history together have it. */
export interface VersionStatus {
  readonly version: bigint;
  readonly name: string;
  readonly state: StatusState;
  /** The applied file's SQL has changed since. */
  readonly changed: boolean;
  readonly row: HistoryRow | undefined;
  readonly migration: Migration | undefined;
}
