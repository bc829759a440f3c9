import { existsSync, readFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import { checkServerIdentity, type ConnectionOptions } from "node:tls";
import { ConfigError } from "../../errors.ts";
import type { RawParameters } from "./parse-connection-string.ts";
import { certificateFolder, type Environment } from "./surroundings.ts";

/** libpq's modes; `no-verify` is what pg calls libpq's `require`. */
const modes = ["disable", "allow", "prefer", "require", "no-verify", "verify-ca", "verify-full"] as const;

export type SslMode = (typeof modes)[number];

/** How a connection is encrypted, as libpq's parameters say it. Files are read when they are needed: they are renewed at times. */
export interface TlsSettings {
  /** Undefined where nobody said anything. */
  readonly mode: SslMode | undefined;
  /** True for a TLS handshake at once, without asking the server first (PostgreSQL 17). */
  readonly direct: boolean;
  readonly rootFile: string | "system" | undefined;
  readonly certificateFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly keyPassword: string | undefined;
  readonly revocationFile: string | undefined;
  readonly minVersion: string | undefined;
  readonly maxVersion: string | undefined;
  readonly sendName: boolean;
}

export function parseTlsSettings(own: RawParameters, env: Environment): TlsSettings {
  const folder = certificateFolder(env);
  const fileOf = (name: string, fallback: string): string | undefined => {
    const standard = join(folder, fallback);
    return own.get(name) ?? (existsSync(standard) ? standard : undefined);
  };
  const rootFile = fileOf("sslrootcert", "root.crt");
  const mode = parseMode(own, rootFile);
  const direct = parseChoice(own, "sslnegotiation", ["postgres", "direct"]) === "direct";
  if (direct && (mode === undefined || ["disable", "allow", "prefer"].includes(mode))) {
    throw new ConfigError("sslnegotiation=direct needs sslmode=require or stronger");
  }
  return {
    mode,
    direct,
    rootFile,
    certificateFile: fileOf("sslcert", "postgresql.crt"),
    keyFile: fileOf("sslkey", "postgresql.key"),
    keyPassword: own.get("sslpassword"),
    revocationFile: fileOf("sslcrl", "root.crl"),
    minVersion: own.get("ssl_min_protocol_version"),
    maxVersion: own.get("ssl_max_protocol_version"),
    sendName: own.get("sslsni") !== "0",
  };
}

/** One of the words that a parameter takes; undefined where it is not given. */
export function parseChoice<Word extends string>(
  own: RawParameters,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const value = own.get(name);
  const word = words.find((candidate) => candidate === value);
  if (value === undefined || word !== undefined) return word;
  throw new ConfigError(`The connection parameter ${name} is ${value}, and takes ${words.join(", ")}`);
}

function parseMode(own: RawParameters, rootFile: string | undefined): SslMode | undefined {
  const mode = parseChoice(own, "sslmode", modes);
  if (rootFile !== "system") return mode;
  // Anybody can have a certificate of a public authority: without the name it proves nothing.
  if (mode === undefined || mode === "verify-full") return "verify-full";
  throw new ConfigError(`sslrootcert=system needs sslmode=verify-full, not ${mode}`);
}

/** Ways to try one after the other: `false` is without TLS. */
export type TlsAttempt = false | ConnectionOptions;

/**
 * What libpq would try for a host. Where nobody said anything libpq prefers TLS; between two ends of one machine it
 * protects nothing, so there we only use it when the server insists.
 */
export function tlsAttempts(tls: TlsSettings, host: string): readonly TlsAttempt[] {
  if (host.startsWith("/")) return [false];
  const mode = tls.mode ?? (isLoopback(host) ? "allow" : "prefer");
  if (mode === "disable") return [false];
  const options = tlsOptions(tls, mode, host);
  if (mode === "allow") return [false, options];
  if (mode === "prefer") return [options, false];
  return [options];
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}

function tlsOptions(tls: TlsSettings, mode: SslMode, host: string): ConnectionOptions {
  const options: ConnectionOptions = { rejectUnauthorized: false };
  if (tls.certificateFile !== undefined) options.cert = read(tls.certificateFile, "sslcert");
  if (tls.certificateFile !== undefined && tls.keyFile !== undefined) options.key = read(tls.keyFile, "sslkey");
  if (tls.keyPassword !== undefined) options.passphrase = tls.keyPassword;
  if (tls.minVersion !== undefined) options.minVersion = tls.minVersion as "TLSv1.2";
  if (tls.maxVersion !== undefined) options.maxVersion = tls.maxVersion as "TLSv1.2";
  options.servername = tls.sendName && isIP(host) === 0 ? host : "";
  return { ...options, ...verification(tls, mode, host) };
}

function verification(tls: TlsSettings, mode: SslMode, host: string): ConnectionOptions {
  const hasRoot = tls.rootFile !== undefined && tls.rootFile !== "system";
  // From libpq: `require` verifies, too, where the authority is known.
  const verifies = mode === "verify-ca" || mode === "verify-full" || (mode === "require" && hasRoot);
  if (!verifies) return {};
  if (mode === "verify-ca" && !hasRoot) {
    throw new ConfigError("sslmode=verify-ca needs the certificate of the authority", {
      hint: "Name its file with sslrootcert=FILE, or use sslmode=verify-full with sslrootcert=system.",
    });
  }
  const options: ConnectionOptions = { rejectUnauthorized: true };
  if (hasRoot) options.ca = read(tls.rootFile, "sslrootcert");
  if (hasRoot && tls.revocationFile !== undefined) options.crl = read(tls.revocationFile, "sslcrl");
  // The host that was asked for, not the address that was taken for it.
  options.checkServerIdentity = (_, certificate) =>
    mode === "verify-full" ? checkServerIdentity(host, certificate) : undefined;
  return options;
}

function read(path: string, parameter: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new ConfigError(`The file of ${parameter} cannot be read: ${(error as Error).message}`);
  }
}
