import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "../../errors.ts";
import { userFile, type Environment } from "./surroundings.ts";

/** The parameters of a named service, from the first service file that has it. */
export function readService(name: string, env: Environment, file?: string): Map<string, string> {
  const files = serviceFiles(env, file);
  for (const path of files) {
    const service = parseService(readIfThere(path) ?? "", name, path);
    if (service !== undefined) return service;
  }
  throw new ConfigError(`There is no service ${name} in ${files.join(" or ")}`, {
    hint: `A service is a section of such a file: [${name}] and lines like host=db.example.com below it.`,
  });
}

function serviceFiles(env: Environment, file: string | undefined): readonly string[] {
  const own = file ?? env["PGSERVICEFILE"] ?? userFile(env, ".pg_service.conf", ".pg_service.conf");
  const folders = env["PGSYSCONFDIR"] === undefined ? ["/etc/postgresql-common", "/etc"] : [env["PGSYSCONFDIR"]];
  return [own, ...folders.map((folder) => join(folder, "pg_service.conf"))];
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function parseService(text: string, name: string, path: string): Map<string, string> | undefined {
  let found: Map<string, string> | undefined;
  for (const [index, untrimmed] of text.split("\n").entries()) {
    const line = untrimmed.trim();
    if (line === "" || line.startsWith("#")) continue;
    if (line.startsWith("[")) {
      if (found !== undefined) break;
      if (line === `[${name}]`) found = new Map();
    } else if (found !== undefined) {
      const equals = line.indexOf("=");
      const key = line.slice(0, equals).trim();
      if (equals <= 0 || key === "service") throw new ConfigError(`${path}:${index + 1}: a line must be name=value`);
      found.set(key, line.slice(equals + 1).trim());
    }
  }
  return found;
}
