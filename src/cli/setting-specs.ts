/** How the text of a setting is read. */
export type SettingKind = "text" | "duration" | "flag" | readonly string[];

/** A setting: one option, its environment variables and its key in the config file. */
export interface SettingSpec {
  /** The key in the config file; the variable GANDER_… is made of it. */
  readonly key: string;
  /** As commander writes options. */
  readonly flags: string;
  readonly kind: SettingKind;
  readonly description: string;
  readonly group: "Database" | "Migrations" | "Locks and time" | "Output";
  /** Variables of other tools that are read after our own. */
  readonly otherVariables?: readonly string[];
  /** What holds when nobody says anything, for the help. */
  readonly defaultText?: string;
  /** It says where settings come from, so it cannot stand in the config file itself. */
  readonly notInConfig?: boolean;
}

/** All settings, in the order of the help. Durations: `500ms`, `2s`, `10m`, `1h30m`. */
export const settingSpecs = [
  {
    key: "databaseUrl",
    flags: "--database-url <url>",
    kind: "text",
    group: "Database",
    description: "where the database is: postgres://…, a keyword/value DSN, or pglite:./folder for an embedded one",
    otherVariables: ["DATABASE_URL", "GOOSE_DBSTRING"],
    defaultText: "PGHOST, PGDATABASE and the other variables of libpq",
  },
  {
    key: "migrationUrl",
    flags: "--migration-url <url>",
    kind: "text",
    group: "Database",
    description: "where migrations run if not at the database URL: past a pooler, or as another user",
  },
  {
    key: "role",
    flags: "--role <name>",
    kind: "text",
    group: "Database",
    description: "the role that migrations run as (SET ROLE)",
  },
  {
    key: "table",
    flags: "--table <name>",
    kind: "text",
    group: "Database",
    description: "the history's table, [schema.]name",
    otherVariables: ["GOOSE_TABLE"],
    defaultText: "schema_migrations",
  },
  {
    key: "config",
    flags: "-c, --config <file>",
    kind: "text",
    group: "Database",
    description: "the config file",
    defaultText: "gander.config.ts, .js, .mjs or .json, if there is one",
    notInConfig: true,
  },
  {
    key: "envFile",
    flags: "--env-file <file>",
    kind: "text",
    group: "Database",
    description:
      'a file with variables that the environment lacks; "none" reads no file (Node 20 looks for that file itself: there it is --env none)',
    defaultText: ".env, if there is one",
    notInConfig: true,
  },
  {
    key: "dir",
    flags: "-d, --dir <folder>",
    kind: "text",
    group: "Migrations",
    description: "the folder with the migrations",
    otherVariables: ["GOOSE_MIGRATION_DIR"],
    defaultText: "./migrations",
  },
  {
    key: "sequential",
    flags: "-s, --sequential",
    kind: "flag",
    group: "Migrations",
    description: "create: number the file after the last one instead of with the time",
  },
  {
    key: "missing",
    flags: "--missing <policy>",
    kind: ["error", "apply", "ignore"],
    group: "Migrations",
    description: "migrations that are older than the newest applied one and were never applied: error, apply or ignore",
    defaultText: "error",
  },
  {
    key: "allowMissing",
    flags: "--allow-missing",
    kind: "flag",
    group: "Migrations",
    description: "the same as --missing apply",
  },
  {
    key: "unknownVersions",
    flags: "--unknown-versions <policy>",
    kind: ["allow", "refuse"],
    group: "Migrations",
    description: "applied versions that no file has, as after a deployment was rolled back: allow or refuse",
    defaultText: "allow",
  },
  {
    key: "changedFiles",
    flags: "--changed-files <policy>",
    kind: ["error", "warn", "ignore"],
    group: "Migrations",
    description: "applied files whose SQL was changed since: error, warn or ignore",
    defaultText: "error",
  },
  {
    key: "allowUnsetEnv",
    flags: "--allow-unset-env",
    kind: "flag",
    group: "Migrations",
    description: "ENVSUB: a variable that is not set is the empty text, as in goose, and not an error",
  },
  {
    key: "lockTimeout",
    flags: "--lock-timeout <duration>",
    kind: "duration",
    group: "Locks and time",
    description: "how long a statement waits for a table lock before it lets the others pass; 0: no limit",
    defaultText: "2s",
  },
  {
    key: "lockRetry",
    flags: "--lock-retry <duration>",
    kind: "duration",
    group: "Locks and time",
    description: "how long a migration is tried again after that",
    defaultText: "10m",
  },
  {
    key: "statementTimeout",
    flags: "--statement-timeout <duration>",
    kind: "duration",
    group: "Locks and time",
    description: "how long one statement of a migration may run, with its waiting",
    defaultText: "no limit, whatever the role or the database has set",
  },
  {
    key: "wait",
    flags: "--wait <duration>",
    kind: "duration",
    group: "Locks and time",
    description: "how long to wait for another gander that is at work",
    defaultText: "no limit while it is alive",
  },
  {
    key: "reconnect",
    flags: "--reconnect <duration>",
    kind: "duration",
    group: "Locks and time",
    description: "how long a new connection is tried for when the one of a run was lost",
    defaultText: "60s",
  },
  {
    key: "timeout",
    flags: "--timeout <duration>",
    kind: "duration",
    group: "Locks and time",
    description: "how long the whole run may take",
    defaultText: "no limit",
  },
  { key: "json", flags: "--json", kind: "flag", group: "Output", description: "the result as one JSON document" },
  {
    key: "quiet",
    flags: "-q, --quiet",
    kind: "flag",
    group: "Output",
    description: "no progress and no warnings: only the result and errors",
  },
  {
    key: "verbose",
    flags: "-v, --verbose",
    kind: "flag",
    group: "Output",
    description: "also tell about connections, statements and what the server says",
  },
  {
    key: "noColor",
    flags: "--no-color",
    kind: "flag",
    group: "Output",
    description: "no colours, whatever the terminal (as do NO_COLOR, and FORCE_COLOR the other way round)",
  },
] as const satisfies readonly SettingSpec[];

export type SettingKey = (typeof settingSpecs)[number]["key"];

/** The variables that a setting is read from, the first one that is set wins: GANDER_LOCK_TIMEOUT for `lockTimeout`. */
export function settingVariables(spec: SettingSpec): readonly string[] {
  const own = `GANDER_${spec.key.replace(/[A-Z]/gu, (letter) => `_${letter}`).toUpperCase()}`;
  return [own, ...(spec.otherVariables ?? [])];
}

/** The long form of a setting's option, without its value: `--lock-timeout`. */
export function settingOption(spec: SettingSpec): string {
  return /--[a-z-]+/u.exec(spec.flags)?.[0] ?? spec.flags;
}
