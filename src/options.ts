import type { DatabaseInput } from "./database/open-database.ts";
import type { PGliteLike } from "./database/pglite-like.ts";
import type { EventListener } from "./events.ts";
import type { ChangedPolicy, MissingPolicy, UnknownPolicy } from "./plan/plan.ts";

export type { DatabaseInput, PGliteLike };

/** A file of a bundle: its name and its text. */
export interface BundledFile {
  readonly name: string;
  readonly text: string;
}

/** A folder, as path or file URL, or files that are already in memory. */
export type MigrationsInput = string | URL | readonly BundledFile[];

/** Options of `createMigrator`. Times are in milliseconds. */
export interface MigratorOptions {
  readonly database: DatabaseInput;
  readonly migrations: MigrationsInput;
  /** Where migrations run, if not at `database`: past a pooler, or as another user. */
  readonly migrationUrl?: string | URL;
  /** The role that migrations run as (SET ROLE). */
  readonly role?: string;
  /** `[schema.]name` of the history, `schema_migrations` by default. */
  readonly table?: string;
  readonly missing?: MissingPolicy;
  readonly unknownVersions?: UnknownPolicy;
  readonly changedFiles?: ChangedPolicy;
  /** How long one statement of a transactional migration waits for a table lock (2,000). 0: no limit. */
  readonly lockTimeout?: number;
  /** How long a migration is tried again after lock timeouts (600,000). */
  readonly lockRetry?: number;
  /** How long one statement of a migration may run; no limit by default, whatever the role or the database has set. */
  readonly statementTimeout?: number;
  /** How long to wait for another gander that is at work; no limit by default. */
  readonly wait?: number;
  /** How long a new connection is tried for when the one of a run was lost (60,000). */
  readonly reconnect?: number;
  /** How long the whole run may take; no limit by default. */
  readonly timeout?: number;
  /** An unset variable without a default in an ENVSUB section becomes the empty text, as in goose; else it is an error. */
  readonly allowUnsetEnv?: boolean;
  /** What ENVSUB sections see; `process.env` by default. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Names this program in the history and to the server (`application_name`). */
  readonly applicationName?: string;
  readonly signal?: AbortSignal;
  readonly onEvent?: EventListener;
}
