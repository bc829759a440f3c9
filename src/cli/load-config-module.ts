import { createRequire } from "node:module";
import { extname } from "node:path";
import { pathToFileURL } from "node:url";
import { ConfigError, MissingDependencyError } from "../errors.ts";

/**
 * The default export of a config file that is a module. TypeScript is read by Node itself where it can, else by `jiti` or
 * `tsx`, whichever the project has.
 */
export async function loadConfigModule(path: string, shownPath: string): Promise<unknown> {
  let loaded: unknown;
  try {
    loaded = await importModule(path);
  } catch (error) {
    if (error instanceof MissingDependencyError) throw error;
    throw new ConfigError(`${shownPath} could not be loaded: ${messageOf(error)}`, { cause: error });
  }
  const exported = isRecord(loaded) && "default" in loaded ? loaded["default"] : undefined;
  if (exported === undefined) {
    throw new ConfigError(`${shownPath} has no default export`, { hint: 'Write "export default { … }".' });
  }
  return exported;
}

async function importModule(path: string): Promise<unknown> {
  try {
    return await import(pathToFileURL(path).href);
  } catch (error) {
    const unknownExtension = isRecord(error) && error["code"] === "ERR_UNKNOWN_FILE_EXTENSION";
    if (!unknownExtension || !/^\.[cm]?ts$/u.test(extname(path))) throw error;
    return importTypeScript(path);
  }
}

async function importTypeScript(path: string): Promise<unknown> {
  const jiti = await importFromProject(path, "jiti");
  if (isRecord(jiti) && typeof jiti["createJiti"] === "function") {
    const loader: unknown = jiti["createJiti"](path);
    if (isRecord(loader) && typeof loader["import"] === "function") return loader["import"](path);
  }
  const tsx = await importFromProject(path, "tsx/esm/api");
  if (isRecord(tsx) && typeof tsx["tsImport"] === "function") {
    return tsx["tsImport"](pathToFileURL(path).href, pathToFileURL(path).href);
  }
  throw new MissingDependencyError("jiti", `a config file in TypeScript on Node ${process.versions.node}`);
}

/** A package as the config file's project has it, undefined where it has not. */
async function importFromProject(configPath: string, name: string): Promise<unknown> {
  let resolved: string;
  try {
    resolved = createRequire(configPath).resolve(name);
  } catch {
    return undefined;
  }
  return import(pathToFileURL(resolved).href);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return (typeof value === "object" || typeof value === "function") && value !== null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
