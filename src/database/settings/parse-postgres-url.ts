import { ConfigError } from "../../errors.ts";

/**
 * `postgres://user:password@host:port,host:port/database?name=value`, each part optional and percent-encoded. A `@` in a
 * password is forgiven, other than in libpq: the last one before the path is the one that counts.
 */
export function parsePostgresUrl(text: string): Map<string, string> {
  const parameters = new Map<string, string>();
  const rest = text.replace(/^[a-z]+:(\/\/)?/i, "");
  const [, authority = "", path = "", query] = /^([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(rest) ?? [];

  const at = authority.lastIndexOf("@");
  if (at < 0 && path.includes("@")) throw mistake("there is a / before the @");
  if (at >= 0) readCredentials(authority.slice(0, at), parameters);
  readHosts(authority.slice(at + 1), parameters);
  set(parameters, "dbname", decode(path, "the database name"));
  readQuery(query ?? "", parameters);
  return parameters;
}

function readCredentials(text: string, parameters: Map<string, string>): void {
  const colon = text.indexOf(":");
  set(parameters, "user", decode(colon < 0 ? text : text.slice(0, colon), "the user name"));
  if (colon >= 0) set(parameters, "password", decode(text.slice(colon + 1), "the password"));
}

function readHosts(text: string, parameters: Map<string, string>): void {
  if (text === "") return;
  const hosts: string[] = [];
  const ports: string[] = [];
  for (const part of text.split(",")) {
    const [, bracketed, bare, port = ""] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/s.exec(part) ?? [];
    if (bracketed === undefined && bare === undefined) throw mistake("an address cannot be read");
    // Not repeated in the message: after an unescaped / in a password this is the beginning of the password.
    if (!/^\d*$/.test(port)) throw mistake("a port is not a number");
    hosts.push(decode(bracketed ?? bare ?? "", "a host name"));
    ports.push(port);
  }
  set(parameters, "host", hosts.join(","));
  if (ports.some((port) => port !== "")) parameters.set("port", ports.join(","));
}

function readQuery(text: string, parameters: Map<string, string>): void {
  for (const pair of text.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    if (equals <= 0) throw mistake("a parameter after the ? is not written name=value");
    set(parameters, decode(pair.slice(0, equals), "a parameter"), decode(pair.slice(equals + 1), "a parameter"));
  }
}

function set(parameters: Map<string, string>, name: string, value: string): void {
  if (value !== "") parameters.set(name, value);
}

function decode(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw mistake(`${what} has a % that begins no percent-encoded character`);
  }
}

function mistake(what: string): ConfigError {
  return new ConfigError(`The connection URL cannot be read: ${what}`, {
    hint: "Special characters are written percent-encoded: / as %2F, ? as %3F, # as %23, @ as %40, : as %3A, % as %25.",
  });
}
