import type { ClientConfig } from "pg";
import { ConnectionError } from "../errors.ts";
import { isServerMessage } from "./answer.ts";
import { placeOf } from "./connection-target.ts";
import { guardAuthentication } from "./pg-authentication.ts";
import type { PgClient } from "./pg-client.ts";
import type { ConnectionSettings, HostSettings } from "./settings/connection-settings.ts";
import { readPasswordFile } from "./settings/password-file.ts";
import { tlsAttempts, type TlsAttempt } from "./settings/tls-settings.ts";

/** A Client of `pg` that is connected, and what the server reported about itself. */
export interface ConnectedClient {
  readonly client: PgClient;
  readonly reported: ReadonlyMap<string, string>;
}

/**
 * Connects to one server, with and without TLS as sslmode has it. `plainHosts` remembers the servers that have said that
 * they do not speak TLS, so that they are not asked for each connection again.
 */
export async function connectToHost(
  settings: ConnectionSettings,
  host: HostSettings,
  plainHosts: Set<HostSettings>,
): Promise<ConnectedClient> {
  const attempts = tlsAttempts(settings.tls, host.host);
  const wanted = plainHosts.has(host) && attempts.includes(false) ? ([false] as const) : attempts;
  let failure: unknown;
  for (const tls of wanted) {
    try {
      return await connectOnce(settings, host, tls);
    } catch (error) {
      if (refusesTls(error)) plainHosts.add(host);
      // What a server without TLS said to the first attempt was not about TLS.
      failure = refusesTls(error) ? (failure ?? error) : error;
      if (!mayDependOnTls(error, tls)) break;
    }
  }
  throw failure;
}

async function connectOnce(
  settings: ConnectionSettings,
  host: HostSettings,
  tls: TlsAttempt,
): Promise<ConnectedClient> {
  // Loaded late: an embedded database needs no driver.
  const { Client } = await import("pg");
  const client = new Client(toClientConfig(settings, host, tls)) as unknown as PgClient & { getStartupConf(): object };
  client.getStartupConf = () => ({
    user: settings.user,
    database: settings.database,
    ...Object.fromEntries(settings.startup),
  });
  const reported = new Map<string, string>();
  client.connection.on("parameterStatus", (status: { parameterName: string; parameterValue: string }) => {
    reported.set(status.parameterName, status.parameterValue);
  });
  client.on("error", () => {});
  const checkAuthentication = guardAuthentication(client, settings);
  try {
    await client.connect();
    checkAuthentication();
    return { client, reported };
  } catch (error) {
    client.connection.stream.destroy();
    throw error;
  }
}

/** Says everything, because what is left out `pg` takes from the environment of the process. */
function toClientConfig(settings: ConnectionSettings, host: HostSettings, tls: TlsAttempt): ClientConfig {
  const config = {
    host: host.address ?? host.host,
    port: host.port,
    user: settings.user,
    database: settings.database,
    password: () => findPassword(settings, host),
    ssl: tls,
    sslnegotiation: settings.tls.direct && tls !== false ? "direct" : "postgres",
    enableChannelBinding: settings.channelBinding !== "disable",
    connectionTimeoutMillis: settings.connectTimeout,
    keepAlive: settings.keepAlive !== undefined,
    keepAliveInitialDelayMillis: settings.keepAlive ?? 0,
  };
  return config as ClientConfig;
}

/** Called when the server asks for it. */
function findPassword(settings: ConnectionSettings, host: HostSettings): string {
  const { password, note } = lookUpPassword(settings, host);
  if (password !== undefined) return password;
  throw new ConnectionError(`${placeOf(host)} asks for the password of user ${settings.user}, and none was given`, {
    hint: note ?? `Put it into the connection string, PGPASSWORD or ${settings.passwordFile}.`,
  });
}

/** The password for a server, and where it came from, or why there is none. */
export function lookUpPassword(
  settings: ConnectionSettings,
  host: HostSettings,
): { readonly password?: string | undefined; readonly note?: string | undefined } {
  if (settings.password !== undefined) {
    return { password: settings.password, note: `The password came from ${settings.passwordSource}.` };
  }
  const { database, user } = settings;
  return readPasswordFile(settings.passwordFile, { host: host.host, port: host.port, database, user });
}

function refusesTls(error: unknown): boolean {
  return error instanceof Error && error.message === "The server does not support SSL connections";
}

/** Whether the other way, with TLS or without, may do better. */
function mayDependOnTls(error: unknown, tls: TlsAttempt): boolean {
  if (isServerMessage(error)) {
    // No line in pg_hba.conf for this kind of connection; some poolers and clouds have codes of their own for it.
    if (error.code === "28000") return error.message?.includes("pg_hba.conf") === true;
    return tls === false && /ssl|tls|insecure|encrypt/i.test(error.message ?? "");
  }
  if (tls === false || error instanceof ConnectionError) return false;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return refusesTls(error) || /SSL|TLS|CERT|EPROTO|ECONNRESET/.test(code) || /SSL|TLS|terminated/.test(String(error));
}
