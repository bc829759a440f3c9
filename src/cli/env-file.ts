import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseEnv } from "node:util";
import { ConfigError } from "../errors.ts";

/** Variables, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The variables of a file, and the file's path as people know it. */
export interface EnvFile {
  readonly path: string;
  readonly variables: Environment;
}

/**
 * Reads the file with variables: the one that was named, or `.env` in the working directory if there is one; `none` reads
 * no file.
 */
export async function readEnvFile(named: string | undefined, cwd: string): Promise<EnvFile | undefined> {
  if (named === "none") return undefined;
  const path = named ?? ".env";
  let text: string;
  try {
    text = await readFile(resolve(cwd, path), "utf8");
  } catch (error) {
    if (named === undefined) return undefined;
    throw new ConfigError(`The file with variables ${path} does not exist, or cannot be read`, {
      hint: "--env-file none reads no file.",
      cause: error,
    });
  }
  return { path, variables: parseEnv(text) };
}
