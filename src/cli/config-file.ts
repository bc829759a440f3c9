import { access, readFile } from "node:fs/promises";
import { dirname, extname, isAbsolute, join, resolve } from "node:path";
import { ConfigError } from "../errors.ts";
import { settingSpecs } from "./setting-specs.ts";
import type { SettingSpec } from "./setting-specs.ts";
import { suggest } from "../files/suggest.ts";

/** What a config file says, before any value of it is read. */
export interface ConfigFile {
  /** The path as people know it. */
  readonly path: string;
  /** Absolute: folders in it are meant from here. */
  readonly folder: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The names that a config file may have, in the order in which they are looked for. */
export const configFileNames = ["gander.config.ts", "gander.config.js", "gander.config.mjs", "gander.config.json"];
const specs: readonly SettingSpec[] = settingSpecs.filter((spec) => !("notInConfig" in spec));

// What people who know the library or other tools write.
const otherNames: Readonly<Record<string, string>> = {
  migrations: "dir",
  migrationsdir: "dir",
  folder: "dir",
  database: "databaseUrl",
  url: "databaseUrl",
  dsn: "databaseUrl",
  connectionstring: "databaseUrl",
};

/** Reads the config file that was named, or the one in the working directory; undefined if there is none. */
export async function readConfigFile(named: string | undefined, cwd: string): Promise<ConfigFile | undefined> {
  const path = named ?? (await firstPresent(cwd));
  if (path === undefined) return undefined;
  const absolute = isAbsolute(path) ? path : resolve(cwd, path);
  const loaded = await load(absolute, path);
  if (typeof loaded !== "object" || loaded === null || Array.isArray(loaded)) {
    throw new ConfigError(`${path} must hold an object with settings`);
  }
  checkKeys(loaded, path);
  return { path, folder: dirname(absolute), values: { ...loaded } };
}

async function firstPresent(cwd: string): Promise<string | undefined> {
  for (const name of configFileNames) {
    if (await isPresent(join(cwd, name))) return name;
  }
  return undefined;
}

async function isPresent(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function load(absolute: string, path: string): Promise<unknown> {
  if (!(await isPresent(absolute))) {
    throw new ConfigError(`The config file ${path} does not exist, or cannot be read`);
  }
  if (extname(path) !== ".json") {
    const { loadConfigModule } = await import("./load-config-module.ts");
    return loadConfigModule(absolute, path);
  }
  const text = await readFile(absolute, "utf8");
  try {
    return JSON.parse(text.replace(/^\uFEFF/u, ""));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`${path}${placeOf(message, text)} is not valid JSON: ${message}`, { cause: error });
  }
}

function placeOf(message: string, text: string): string {
  const position = /at position (\d+)/u.exec(message)?.[1];
  if (position === undefined) return "";
  const before = text.slice(0, Number(position)).split("\n");
  return `:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

function checkKeys(values: object, path: string): void {
  const known = specs.map((spec) => spec.key);
  const unknown = Object.keys(values).filter((key) => key !== "$schema" && !known.includes(key));
  if (unknown.length === 0) return;
  const [first = ""] = unknown;
  const meant = otherNames[first.toLowerCase()] ?? suggest(first, known);
  throw new ConfigError(
    `${path} has ${unknown.length === 1 ? "a setting" : "settings"} that gander does not know: ${unknown.join(", ")}`,
    {
      hint: meant === undefined ? `It knows: ${known.join(", ")}.` : `Did you mean ${meant} instead of ${first}?`,
    },
  );
}
