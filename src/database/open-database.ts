import type { Client, ClientConfig, Pool } from "pg";
import { ConfigError } from "../errors.ts";
import type { Database } from "./connection.ts";
import { createConfigDatabase } from "./config-database.ts";
import type { PgClient } from "./pg-client.ts";
import { createClientDatabase, createPoolDatabase, type PgPool } from "./pg-database.ts";
import { createEmbeddedDatabase, createPGliteDatabase } from "./pglite-database.ts";
import type { PGliteLike } from "./pglite-like.ts";
import { createSettingsDatabase } from "./settings-database.ts";
import { resolveSettings } from "./settings/resolve-settings.ts";
import type { Environment } from "./settings/surroundings.ts";

/**
 * A URL (`postgres://…`, `pglite:./folder`, `pglite:` in memory), a keyword/value DSN, the configuration of `pg`, a Pool
 * or a Client of `pg`, a PGlite instance, or a Database of your own.
 */
export type DatabaseInput = string | URL | ClientConfig | Pool | Client | PGliteLike | Database;

export interface OpenOptions {
  /** Where `PG*` variables and the home folder are looked up; `process.env` by default. */
  readonly env?: Environment;
  /** The name that operators see, unless the connection string or PGAPPNAME has one. */
  readonly applicationName?: string;
}

/**
 * Finds out what kind of database is meant; nothing is connected yet.
 *
 * @throws ConfigError for what cannot be understood
 */
export function openDatabase(input: DatabaseInput, options: OpenOptions = {}): Database {
  const { env = process.env, applicationName = "gander" } = options;
  if (typeof input === "string" || input instanceof URL) return openString(String(input), env, applicationName);
  if (typeof input !== "object" && typeof input !== "function") throw unknownInput();
  if (input === null) throw unknownInput();
  if (isDatabase(input)) return input;
  if (isPGlite(input)) return createPGliteDatabase(input);
  if (isPool(input)) return createPoolDatabase(input, env);
  if (isClient(input)) return createClientDatabase(input);
  if (typeof input === "function") throw unknownInput();
  return createConfigDatabase(input as ClientConfig, env, applicationName);
}

function openString(text: string, env: Environment, applicationName: string): Database {
  const embedded = /^\s*pglite:(.*)$/is.exec(text)?.[1];
  if (embedded !== undefined) return createEmbeddedDatabase(parseFolder(embedded.trim()));
  return createSettingsDatabase(resolveSettings(text, env, applicationName));
}

/** `./folder`, `///absolute/folder`; undefined for a database in memory. */
function parseFolder(text: string): string | undefined {
  const path = text.replace(/^\/\/(?=\/|$)/, "").replace(/^\/\//, "");
  if (path === "" || path === "memory:" || path === "memory" || path === ":memory:") return undefined;
  if (/[?#]/.test(path)) throw new ConfigError("An embedded database (pglite:) takes a folder and no parameters");
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function hasMethods(value: object, ...names: readonly string[]): boolean {
  return names.every((name) => typeof (value as Record<string, unknown>)[name] === "function");
}

function isDatabase(value: object): value is Database {
  return hasMethods(value, "connect", "close") && "driver" in value && "severalConnections" in value;
}

function isPGlite(value: object): value is PGliteLike {
  return hasMethods(value, "execProtocol", "runExclusive") && "waitReady" in value;
}

function isPool(value: object): value is PgPool {
  return hasMethods(value, "connect", "query", "end") && "totalCount" in value && "options" in value;
}

function isClient(value: object): value is PgClient {
  return hasMethods(value, "connect", "query", "end", "on") && !("totalCount" in value);
}

function unknownInput(): ConfigError {
  return new ConfigError("The option database is nothing that gander can connect to", {
    hint: "Give a URL, a DSN, a configuration, Pool or Client of pg, or a PGlite instance.",
  });
}
