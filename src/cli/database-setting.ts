import { isAbsolute, relative, resolve } from "node:path";
import { ConfigError } from "../errors.ts";
import type { ConfigFile } from "./config-file.ts";
import { findSetting, findVariable, mistake } from "./raw-setting.ts";
import type { RawSetting, SettingSources } from "./raw-setting.ts";
import { goosePostgresDrivers } from "./goose-arguments.ts";

/** Where the database is, and who said so. */
export interface DatabaseSetting {
  /** A URL or a DSN; empty where the variables of libpq say everything. */
  readonly url: string;
  /** `--database-url`, `DATABASE_URL in .env`: for messages. */
  readonly place: string;
}

// Any one of these says that libpq's variables are meant; PGPASSWORD or PGSSLMODE alone say nothing about where.
const libpqVariables = ["PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE", "PGPORT", "PGUSER"];

/** The database that the settings name; undefined if none does. */
export function findDatabase(sources: SettingSources, cwd: string): DatabaseSetting | undefined {
  const raw = findSetting("databaseUrl", sources) ?? findSetting("migrationUrl", sources);
  if (raw !== undefined) {
    if (typeof raw.value !== "string" || raw.value.trim() === "") throw mistake(raw, "must be a URL or a DSN");
    if (raw.place.startsWith("GOOSE_DBSTRING")) checkGooseDriver(sources);
    return { url: fromHere(raw, raw.value.trim(), sources.config, cwd), place: raw.place };
  }
  for (const name of libpqVariables) {
    const variable = findVariable(name, sources);
    if (variable !== undefined) return { url: "", place: variable.place };
  }
  return undefined;
}

/** The error for a command that needs a database where none is named: it lists all the ways to say it. */
export function noDatabaseError(): ConfigError {
  return new ConfigError("No database is configured", {
    hint: [
      "Say where it is in one of these ways:",
      "  gander --database-url postgres://user@host:5432/name …",
      "  DATABASE_URL=postgres://…  in the environment or in .env",
      "  PGHOST, PGDATABASE and the other variables of libpq",
      '  "databaseUrl" in gander.config.json',
      "To try gander without a server, run gander init: it sets up an embedded database, pglite:./.gander.",
    ].join("\n"),
  });
}

function checkGooseDriver(sources: SettingSources): void {
  const driver = findVariable("GOOSE_DRIVER", sources);
  if (driver === undefined || goosePostgresDrivers.includes(String(driver.value))) return;
  throw new ConfigError(`${driver.place} is ${String(driver.value)}, and gander migrates PostgreSQL only`, {
    hint: "Set it to postgres, or name the database with --database-url.",
  });
}

/** A relative folder of an embedded database in a config file is meant from that file, not from the working directory. */
function fromHere(raw: RawSetting, url: string, config: ConfigFile | undefined, cwd: string): string {
  const folder = /^pglite:(?!\/\/)(.+)$/u.exec(url)?.[1];
  if (raw.from !== "config" || config === undefined || folder === undefined || isAbsolute(folder)) return url;
  return `pglite:${pathFromHere(folder, config.folder, cwd)}`;
}

/** A path that was written relative to a folder, as it is written in the working directory. */
export function pathFromHere(path: string, folder: string, cwd: string): string {
  if (isAbsolute(path) || folder === cwd) return path;
  return relative(cwd, resolve(folder, path)) || ".";
}
