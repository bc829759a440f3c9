import { ConfigError } from "../errors.ts";
import type { ChangedPolicy, MissingPolicy, UnknownPolicy } from "../plan/plan.ts";
import { type ConfigFile, readConfigFile } from "./config-file.ts";
import { findDatabase, pathFromHere } from "./database-setting.ts";
import type { DatabaseSetting } from "./database-setting.ts";
import { readEnvFile } from "./env-file.ts";
import type { Environment } from "./env-file.ts";
import { choiceSetting, durationSetting, findSetting, flagSetting, mistake, textSetting } from "./raw-setting.ts";
import type { Flags, SettingSources } from "./raw-setting.ts";

/** Everything that flags, environment and config file say, read and checked once. Times are in milliseconds. */
export interface Settings {
  readonly database: DatabaseSetting | undefined;
  readonly migrationUrl: string | undefined;
  readonly role: string | undefined;
  readonly table: string | undefined;
  /** The migrations' folder, as people know it. */
  readonly dir: string;
  /** Somebody named the folder; it is not the default. */
  readonly dirNamed: boolean;
  readonly sequential: boolean;
  readonly missing: MissingPolicy | undefined;
  readonly unknownVersions: UnknownPolicy | undefined;
  readonly changedFiles: ChangedPolicy | undefined;
  readonly allowUnsetEnv: boolean;
  readonly lockTimeout: number | undefined;
  readonly lockRetry: number | undefined;
  readonly statementTimeout: number | undefined;
  readonly reconnect: number | undefined;
  readonly wait: number | undefined;
  readonly timeout: number | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly noColor: boolean;
  /** What ENVSUB sections and the connection see: the environment, and what the file with variables adds. */
  readonly environment: Environment;
  /** The config file, where there is one. */
  readonly config: ConfigFile | undefined;
}

/** Reads all settings. The files are read first, because they may hold what the rest is made of. */
export async function readSettings(flags: Flags, environment: Environment, cwd: string): Promise<Settings> {
  const early: SettingSources = { flags, environment, envFile: undefined, config: undefined };
  const envFile = await readEnvFile(textSetting("envFile", early), cwd);
  const config = await readConfigFile(textSetting("config", { ...early, envFile }), cwd);
  const sources: SettingSources = { flags, environment, envFile, config };
  return {
    database: findDatabase(sources, cwd),
    migrationUrl: textSetting("migrationUrl", sources),
    role: textSetting("role", sources),
    table: table(sources),
    ...folder(sources, cwd),
    sequential: flagSetting("sequential", sources) ?? false,
    missing: missing(sources),
    unknownVersions: choiceSetting("unknownVersions", ["allow", "refuse"], sources),
    changedFiles: choiceSetting("changedFiles", ["error", "warn", "ignore"], sources),
    allowUnsetEnv: flagSetting("allowUnsetEnv", sources) ?? false,
    lockTimeout: durationSetting("lockTimeout", sources),
    lockRetry: durationSetting("lockRetry", sources),
    statementTimeout: durationSetting("statementTimeout", sources),
    reconnect: durationSetting("reconnect", sources),
    wait: durationSetting("wait", sources),
    timeout: durationSetting("timeout", sources),
    json: flagSetting("json", sources) ?? false,
    quiet: flagSetting("quiet", sources) ?? false,
    verbose: flagSetting("verbose", sources) ?? false,
    noColor: flagSetting("noColor", sources) ?? false,
    environment: { ...envFile?.variables, ...environment },
    config,
  };
}

function folder(sources: SettingSources, cwd: string): { dir: string; dirNamed: boolean } {
  const dir = textSetting("dir", sources);
  if (dir === undefined) return { dir: "migrations", dirNamed: false };
  const meantFromConfig = findSetting("dir", sources)?.from === "config" && sources.config !== undefined;
  return { dir: meantFromConfig ? pathFromHere(dir, sources.config.folder, cwd) : dir, dirNamed: true };
}

function missing(sources: SettingSources): MissingPolicy | undefined {
  const policy = findSetting("missing", sources);
  const allow = findSetting("allowMissing", sources);
  const choice = choiceSetting("missing", ["error", "apply", "ignore"], sources);
  if (flagSetting("allowMissing", sources) !== true) return choice;
  if (choice !== undefined && choice !== "apply" && policy !== undefined && policy.from === allow?.from) {
    throw mistake(policy, `says ${choice}, and ${allow.place} says apply`, "Give one of them.");
  }
  // The nearer word counts: a flag stands over a variable, whichever of the two names it has.
  return policy?.from === "flag" ? choice : "apply";
}

function table(sources: SettingSources): string | undefined {
  const name = textSetting("table", sources);
  if (name === undefined || !/^(.*\.)?goose_db_version$/u.test(name)) return name;
  throw new ConfigError(
    `${findSetting("table", sources)?.place}: ${name} is goose's own table, and gander does not write to it`,
    {
      hint: [
        "gander keeps its history in a table of its own: leave the setting away for schema_migrations, or name another table.",
        "What goose has applied there is taken over by gander adopt (--table-from names a table of another name).",
      ].join("\n"),
    },
  );
}
