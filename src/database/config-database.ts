import type { ClientConfig } from "pg";
import { ConfigError } from "../errors.ts";
import { toConnectionError } from "./connection-failure.ts";
import { describeTarget, targetOfConfig } from "./connection-target.ts";
import type { Database } from "./connection.ts";
import type { PgClient } from "./pg-client.ts";
import { createPgConnection } from "./pg-connection.ts";
import { endClient, targetOf } from "./pg-database.ts";
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
  const target = targetOfConfig(config, env);
  const complete = { keepAlive: true, fallback_application_name: applicationName, ...config };
  return {
    driver: "pg",
    description: describeTarget(target),
    severalConnections: true,
    reconnects: true,
    connect: async () => {
      let client: PgClient | undefined;
      try {
        const { Client } = await import("pg");
        client = new Client(complete) as unknown as PgClient;
        client.on("error", () => {});
        await client.connect();
      } catch (error) {
        client?.connection.stream.destroy();
        throw toConnectionError(error, client === undefined ? target : targetOf(client));
      }
      return createPgConnection(client, () => endClient(client));
    },
    close: async () => {},
  };
}
