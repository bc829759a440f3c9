import { existsSync } from "node:fs";
import { ConfigError } from "../../errors.ts";
import type { ConnectionSettings, HostSettings } from "./connection-settings.ts";
import { sortParameters } from "./parameter-names.ts";
import { parseConnectionString, type RawParameters } from "./parse-connection-string.ts";
import { readService } from "./service-file.ts";
import { operatingSystemUser, readVariables, userFile, type Environment } from "./surroundings.ts";
import { parseChoice, parseTlsSettings } from "./tls-settings.ts";

/** Where servers put their sockets: Debian's and Red Hat's place, and PostgreSQL's own. */
const socketFolders = ["/var/run/postgresql", "/run/postgresql", "/tmp"];

/** A server that takes longer to answer is taken for gone, in milliseconds; libpq would wait for ever. */
const defaultConnectTimeout = 60_000;
const defaultKeepAlive = 30_000;

/**
 * Everything that a connection string, the service that it names, and the environment say, in this order of weight, over
 * libpq's defaults.
 *
 * @throws ConfigError
 */
export function resolveSettings(text: string, env: Environment, applicationName: string): ConnectionSettings {
  const written = sortParameters(parseConnectionString(text));
  const variables = sortParameters(readVariables(env));
  const serviceName = written.own.get("service") ?? variables.own.get("service");
  const service = sortParameters(
    serviceName === undefined
      ? new Map<string, string>()
      : readService(serviceName, env, written.own.get("servicefile")),
  );
  const merge = (part: "own" | "server"): RawParameters =>
    new Map([...variables[part], ...service[part], ...written[part]].filter(([, value]) => value !== ""));
  return build(merge("own"), merge("server"), written.own.has("password"), env, applicationName);
}

function build(
  own: RawParameters,
  server: RawParameters,
  passwordWritten: boolean,
  env: Environment,
  applicationName: string,
): ConnectionSettings {
  if (own.get("gssencmode") === "require") throw new ConfigError("gssencmode=require is not supported: use TLS");
  parseChoice(own, "load_balance_hosts", ["disable", "random"]);
  const user = own.get("user") ?? operatingSystemUser(env);
  if (user === undefined) {
    throw new ConfigError("The connection string names no user, and the system does not know ours", {
      hint: "Write postgres://USER@host/database, or set PGUSER.",
    });
  }
  return {
    hosts: parseHosts(own),
    user,
    database: own.get("dbname") ?? user,
    password: own.get("password"),
    passwordSource: own.has("password")
      ? passwordWritten
        ? "the connection string"
        : "PGPASSWORD or the service file"
      : undefined,
    passwordFile: own.get("passfile") ?? userFile(env, ".pgpass", "pgpass.conf"),
    tls: parseTlsSettings(own, env),
    connectTimeout: parseSeconds(own, "connect_timeout") ?? defaultConnectTimeout,
    keepAlive: own.get("keepalives") === "0" ? undefined : (parseSeconds(own, "keepalives_idle") ?? defaultKeepAlive),
    targetSession:
      parseChoice(own, "target_session_attrs", [
        "any",
        "read-write",
        "read-only",
        "primary",
        "standby",
        "prefer-standby",
      ]) ?? "any",
    channelBinding: parseChoice(own, "channel_binding", ["disable", "prefer", "require"]) ?? "disable",
    requireAuth: parseRequireAuth(own.get("require_auth")),
    startup: startupParameters(own, server, applicationName),
  };
}

function parseHosts(own: RawParameters): readonly HostSettings[] {
  const names = split(own.get("host"));
  const addresses = split(own.get("hostaddr"));
  const ports = split(own.get("port"));
  const count = Math.max(names.length, addresses.length, 1);
  if (names.length > 0 && addresses.length > 0 && names.length !== addresses.length) {
    throw new ConfigError(`There are ${names.length} hosts and ${addresses.length} addresses (hostaddr)`);
  }
  if (ports.length > 1 && ports.length !== count) {
    throw new ConfigError(`There are ${count} hosts and ${ports.length} ports`, {
      hint: "Give one port for all, or one each.",
    });
  }
  return Array.from({ length: count }, (_, index) => {
    const port = parsePort((ports.length === 1 ? ports[0] : ports[index]) ?? "");
    const address = addresses[index] === "" ? undefined : addresses[index];
    const name = names[index] ?? "";
    return { host: name === "" ? (address ?? defaultHost(port)) : name, address, port };
  });
}

function split(list: string | undefined): readonly string[] {
  return list === undefined ? [] : list.split(",").map((item) => item.trim());
}

function parsePort(text: string): number {
  if (text === "") return 5432;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new ConfigError("The port of the connection is not a number from 1 to 65535");
}

function defaultHost(port: number): string {
  const folder = socketFolders.find((candidate) => existsSync(`${candidate}/.s.PGSQL.${port}`));
  return folder ?? "localhost";
}

/** From libpq: 0 and less stand for no limit, which is undefined here and gets our default. */
function parseSeconds(own: RawParameters, name: string): number | undefined {
  const text = own.get(name);
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (!Number.isInteger(seconds)) throw new ConfigError(`The connection parameter ${name} takes whole seconds`);
  return seconds > 0 ? seconds * 1_000 : undefined;
}

function parseRequireAuth(text: string | undefined): ConnectionSettings["requireAuth"] {
  if (text === undefined) return undefined;
  const words = split(text);
  const allowed = !words.some((word) => word.startsWith("!"));
  return { methods: words.map((word) => word.replace(/^!/, "")), allowed };
}

function startupParameters(own: RawParameters, server: RawParameters, applicationName: string): RawParameters {
  const startup = new Map(server);
  startup.set(
    "application_name",
    own.get("application_name") ?? own.get("fallback_application_name") ?? applicationName,
  );
  const options = own.get("options");
  if (options !== undefined) startup.set("options", options);
  return startup;
}
