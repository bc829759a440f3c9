export { createMigrator } from "./migrator.ts";
export type {
  AdoptOptions,
  AdoptPlan,
  BaselineOptions,
  BaselinePlan,
  Confirmation,
  DownOptions,
  GiveBackOptions,
  GiveBackPlan,
  Migrator,
  PlanOptions,
  RepairOptions,
  RepairPlan,
  Status,
  UpOptions,
} from "./migrator.ts";
export { migrateOnStart } from "./migrate-on-start.ts";
export type { StartOptions } from "./migrate-on-start.ts";
export * from "./errors.ts";
export { MigrationFailedError } from "./run/migration-failed-error.ts";
export type { Excerpt, Failure } from "./run/migration-failed-error.ts";
export type { BundledFile, DatabaseInput, MigrationsInput, MigratorOptions, PGliteLike } from "./options.ts";
export type { EventListener, GanderEvent, LockHolder } from "./events.ts";
export type { Connection, Database, Notice, Result, SendOptions } from "./database/connection.ts";
export { PostgresError } from "./database/postgres-error.ts";
export type { PostgresErrorFields } from "./database/postgres-error.ts";
export type { Directives, Migration, Place, Statement, Substitution } from "./files/migration.ts";
export type { AdoptedVersion } from "./history/adopt/adoption.ts";
export type { HistoryRow, HistoryState, RecordedError, Runner } from "./history/history.ts";
export type {
  ChangedPolicy,
  Direction,
  HeldPolicy,
  MissingPolicy,
  Plan,
  PlanStep,
  PlanWarning,
  StatusState,
  UnknownPolicy,
  VersionStatus,
} from "./plan/plan.ts";
export type { Origin } from "./git/read-origins.ts";
export type { LogFinding } from "./history/check-chain.ts";
export type { LogEntry, LogFilter } from "./history/read-log.ts";
export type { RunResult, StepResult } from "./run/result.ts";
export type { Log, LoggedEvent, LogVerification } from "./run/show-log.ts";
