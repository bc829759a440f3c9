import { writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { ConfigFile } from "./config-file.ts";

/** Settings that the config file is to hold from now on. */
export interface KeptSettings {
  readonly table?: string;
  /** As people gave it, from the working directory. */
  readonly dir?: string;
}

/**
 * Keeps settings in the config file: one in JSON is written, or made where there is none; for a program the lines to add are
 * told. Says what was done, in a line each; nothing where the file has them already.
 */
export function keepSettings(config: ConfigFile | undefined, kept: KeptSettings, cwd: string): readonly string[] {
  const folder = config?.folder ?? cwd;
  const dir = kept.dir === undefined ? undefined : relative(folder, resolve(cwd, kept.dir)) || ".";
  const wanted = { ...(kept.table !== undefined && { table: kept.table }), ...(dir !== undefined && { dir }) };
  const missing = Object.entries(wanted).filter(([key, value]) => config?.values[key] !== value);
  if (missing.length === 0) return [];
  const path = config?.path ?? "gander.config.json";
  const lines = missing.map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  if (!path.endsWith(".json")) return [`Add to ${path}:`, ...lines.map((line) => `  ${line},`)];
  const values = { ...config?.values, ...Object.fromEntries(missing) };
  try {
    writeFileSync(config === undefined ? join(cwd, path) : resolve(cwd, path), `${JSON.stringify(values, null, 2)}\n`);
    return [`${path} has ${lines.join(" and ")} now.`];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [`${path} could not be written (${reason}). Add to it:`, ...lines.map((line) => `  ${line}`)];
  }
}
