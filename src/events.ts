import type { Notice } from "./database/connection.ts";
import type { Direction, PlanWarning } from "./plan/plan.ts";

/**
 * The holder of a lock that we wait for, as far as the server tells: of other users' sessions it tells a role without
 * pg_read_all_stats little more than that they exist.
 */
export interface LockHolder {
  /** 0 for a prepared transaction, and for a gander behind a pooler that holds a lease instead of a lock. */
  readonly backendId: number;
  readonly user?: string;
  readonly applicationName?: string;
  readonly clientAddress?: string;
  /** What its session does, in PostgreSQL's words: `active`, `idle in transaction`. */
  readonly state?: string;
  /** What it runs or has run last; without the passwords in it. */
  readonly query?: string;
  /** When its transaction (for a run lock: its session) began, ISO 8601. */
  readonly since?: string;
  /** How long its transaction had lasted when it was looked at, by the server's clock. */
  readonly transactionMs?: number;
  /** The name of a prepared transaction, as COMMIT PREPARED and ROLLBACK PREPARED want it. */
  readonly preparedTransaction?: string;
  /** For a run lock: the host and the process on it, where they are known. */
  readonly host?: string;
  readonly processId?: number;
  /** For a run lock: the migration that is under way. */
  readonly migration?: HeldMigration;
}

/** What the holder of the run lock is at work on, as far as others can see. */
export interface HeldMigration {
  readonly direction: Direction;
  readonly version: bigint;
  readonly name?: string;
  /** 1-based, of `steps`. */
  readonly step?: number;
  readonly steps?: number;
}

/** Everything that happens in a run, as data, in order. Events never hold substituted values or passwords. */
export type GanderEvent =
  | {
      readonly type: "connected";
      /** `host:port/database` */
      readonly database: string;
      readonly serverVersion: string;
      readonly pooled: boolean;
    }
  | {
      readonly type: "checked";
      /** `schema.table` */
      readonly table: string;
      readonly historyExists: boolean;
      readonly applied: number;
      readonly files: number;
      readonly pending: number;
    }
  | { readonly type: "warning"; readonly warning: PlanWarning }
  | {
      readonly type: "lock-wait";
      /** `history`: its table is in use, and has to be upgraded. `other-tool`: the tool that is adopted is at work. */
      readonly lock: "run" | "history" | "other-tool";
      readonly holder: LockHolder | undefined;
      readonly waitedMs: number;
    }
  | { readonly type: "locked"; readonly waitedMs: number }
  | {
      /** The history has the layout of this version of gander now: an older one can read it and write no more. */
      readonly type: "history-upgraded";
      /** `schema.table` */
      readonly table: string;
      readonly from: number;
      readonly to: number;
    }
  | {
      /** The connection is gone; the run goes on over a new one, once it is certain what the old one has done. */
      readonly type: "connection-lost";
      readonly message: string;
      /** 1-based: how often a new one is tried. */
      readonly attempt: number;
      readonly pauseMs: number;
    }
  | { readonly type: "run-start"; readonly direction: Direction; readonly steps: number }
  | StepEvent<"step-start">
  | (StepEvent<"statement-start"> & {
      /** 1-based, of `statements`; only told for migrations outside a transaction. */
      readonly statement: number;
      readonly statements: number;
    })
  | (StepEvent<"step-retry"> & {
      readonly reason: "lock-timeout" | "deadlock" | "serialization";
      readonly attempt: number;
      readonly pauseMs: number;
      readonly holders: readonly LockHolder[];
    })
  | (StepEvent<"statement-wait"> & {
      /** 1-based; undefined for a transactional migration, whose statements travel together. */
      readonly statement: number | undefined;
      readonly waitedMs: number;
      /** Who is in its way. */
      readonly holders: readonly LockHolder[];
    })
  | (StepEvent<"step-notice"> & { readonly notice: Notice })
  | (StepEvent<"step-done"> & { readonly durationMs: number; readonly statements: number })
  | (StepEvent<"step-failed"> & { readonly message: string })
  | {
      /** Something of this run is in the log for good; an event may tell of several. */
      readonly type: "logged";
      /** The hash of its newest event: kept elsewhere, it shows later that nothing of the log up to here is gone. */
      readonly head: string;
    }
  | { readonly type: "run-done"; readonly direction: Direction; readonly steps: number; readonly durationMs: number };

interface StepEvent<Type extends string> {
  readonly type: Type;
  readonly direction: Direction;
  readonly version: bigint;
  readonly name: string;
  /** 1-based, of `steps`. */
  readonly step: number;
  readonly steps: number;
}

export type EventListener = (event: GanderEvent) => void;
