import { ConfigError, UsageError } from "../errors.ts";
import type { GanderError } from "../errors.ts";
import type { ConfigFile } from "./config-file.ts";
import type { EnvFile, Environment } from "./env-file.ts";
import { parseDuration } from "./parse-duration.ts";
import { settingOption, settingSpecs, settingVariables } from "./setting-specs.ts";
import type { SettingKey, SettingSpec } from "./setting-specs.ts";
import { suggest } from "../files/suggest.ts";

/** Options as they were given on the command line, by the key of their setting. */
export type Flags = Readonly<Record<string, string | boolean | undefined>>;

/** Everywhere that settings come from; the first one that has it wins. */
export interface SettingSources {
  readonly flags: Flags;
  readonly environment: Environment;
  readonly envFile: EnvFile | undefined;
  readonly config: ConfigFile | undefined;
}

/** A setting as somebody wrote it, and where. */
export interface RawSetting {
  readonly value: unknown;
  readonly from: "flag" | "environment" | "config";
  /** The place as people know it: `--wait`, `GANDER_WAIT in .env`, `wait in gander.config.json`. */
  readonly place: string;
}

/** Looks a setting up: flag, environment, file with variables, config file. */
export function findSetting(key: SettingKey, sources: SettingSources): RawSetting | undefined {
  const spec = specOf(key);
  const flag = sources.flags[key];
  if (flag !== undefined) return { value: flag, from: "flag", place: settingOption(spec) };
  for (const name of settingVariables(spec)) {
    const variable = findVariable(name, sources);
    if (variable !== undefined) return variable;
  }
  const value = sources.config?.values[key];
  if (sources.config === undefined || value === undefined || value === null) return undefined;
  return { value, from: "config", place: `${key} in ${sources.config.path}` };
}

/** Looks a variable up in the environment and then in the file with variables; an empty one counts as not set. */
export function findVariable(name: string, sources: SettingSources): RawSetting | undefined {
  const own = sources.environment[name];
  if (own !== undefined && own !== "") return { value: own, from: "environment", place: name };
  const inFile = sources.envFile?.variables[name];
  if (sources.envFile === undefined || inFile === undefined || inFile === "") return undefined;
  return { value: inFile, from: "environment", place: `${name} in ${sources.envFile.path}` };
}

/** A setting as text. */
export function textSetting(key: SettingKey, sources: SettingSources): string | undefined {
  const raw = findSetting(key, sources);
  if (raw === undefined) return undefined;
  if (typeof raw.value !== "string" || raw.value.trim() === "") throw mistake(raw, "must be a text that is not empty");
  return raw.value;
}

/** A setting in milliseconds. */
export function durationSetting(key: SettingKey, sources: SettingSources): number | undefined {
  const raw = findSetting(key, sources);
  if (raw === undefined) return undefined;
  if (raw.value === 0) return 0;
  // A bare number in a config file could mean seconds (as on the command line) or milliseconds (as in the library).
  if (typeof raw.value === "number") {
    throw mistake(raw, `is ${raw.value} without a unit`, `Write "${raw.value}s" or "${raw.value}ms".`);
  }
  const milliseconds = typeof raw.value === "string" ? parseDuration(raw.value) : undefined;
  if (milliseconds === undefined) {
    throw mistake(
      raw,
      `is ${shown(raw.value)}, which is no duration (of 24 days at most)`,
      "Write 500ms, 2s, 10m or 1h30m.",
    );
  }
  return milliseconds;
}

/** A setting that is on or off; undefined if nobody says. */
export function flagSetting(key: SettingKey, sources: SettingSources): boolean | undefined {
  const raw = findSetting(key, sources);
  if (raw === undefined || typeof raw.value === "boolean") return raw?.value as boolean | undefined;
  if (raw.from === "environment" && typeof raw.value === "string") {
    if (/^(1|t|true|y|yes|on)$/iu.test(raw.value)) return true;
    if (/^(0|f|false|n|no|off)$/iu.test(raw.value)) return false;
  }
  throw mistake(raw, `is ${shown(raw.value)}, and must be true or false`);
}

/** A setting that is one of a few words. */
export function choiceSetting<Choice extends string>(
  key: SettingKey,
  choices: readonly Choice[],
  sources: SettingSources,
): Choice | undefined {
  const raw = findSetting(key, sources);
  if (raw === undefined) return undefined;
  const choice = choices.find((candidate) => candidate === raw.value);
  if (choice !== undefined) return choice;
  const meant = typeof raw.value === "string" ? suggest(raw.value, choices) : undefined;
  throw mistake(
    raw,
    `is ${shown(raw.value)}, and must be ${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`,
    meant === undefined ? undefined : `Did you mean ${meant}?`,
  );
}

/** The error for a setting with a mistake: it names the place where it was written. */
export function mistake(raw: RawSetting, problem: string, hint?: string): GanderError {
  const message = `${raw.place} ${problem}`;
  return raw.from === "flag" ? new UsageError(message, { hint }) : new ConfigError(message, { hint });
}

function specOf(key: SettingKey): SettingSpec {
  const spec = settingSpecs.find((candidate) => candidate.key === key);
  if (spec === undefined) throw new TypeError(`no setting ${key}`);
  return spec;
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? typeof value;
}
