import type { ClientConfig } from "pg";
import { ConfigError } from "../errors.ts";
import { toConnectionError } from "./connection-failure.ts";
import { describeTarget, targetOfConfig } from "./connection-target.ts";
import type { Database } from "./connection.ts";
import type { PgClient } from "./pg-client.ts";
import { createPgConnection } from "./pg-connection.ts";
import { endClient, muteErrors, targetOf } from "./pg-database.ts";
import type { Environment } from "./settings/surroundings.ts";

/** The keys by which a configuration of `pg` (or of its Pool) is recognised; it may have others, too. */
const knownKeys = [
  "connectionString host port user database password ssl options stream keepAlive application_name",
  "statement_timeout query_timeout lock_timeout idle_in_transaction_session_timeout connectionTimeoutMillis types",
  "client_encoding max min idleTimeoutMillis allowExitOnIdle pipeline sslnegotiation",
]
  .join(" ")
  .split(" ");

/** A database that a configuration object of `pg` describes; what it leaves out is as `pg` has it. */
export function createConfigDatabase(config: ClientConfig, env: Environment, applicationName: string): Database {
  const keys = Object.keys(config);
  if (keys.length > 0 && !keys.some((key) => knownKeys.includes(key))) {
    throw new ConfigError(`The option database is an object that pg knows nothing about (${keys.join(", ")})`, {
      hint: "Give a URL as text, or an object such as { host, port, user, password, database } or { connectionString }.",
    });
  }
  return {
    driver: "pg",
    description: describeTarget(targetOfConfig(config, env)),
    severalConnections: true,
    connect: async () => {
      const { Client } = await import("pg");
      const client = new Client({
        keepAlive: true,
        fallback_application_name: applicationName,
        ...config,
      }) as unknown as PgClient;
      const release = async (): Promise<void> => {
        await endClient(client);
        muteErrors(client);
      };
      try {
        await client.connect();
      } catch (error) {
        muteErrors(client);
        client.connection.stream.destroy();
        throw toConnectionError(error, targetOf(client));
      }
      return createPgConnection(client, release);
    },
    close: async () => {},
  };
}
