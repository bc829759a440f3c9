import type { GanderError } from "../errors.ts";
import { ConnectionError } from "../errors.ts";
import { toConnectionError } from "./connection-failure.ts";
import { placeOf } from "./connection-target.ts";
import type { Connection, Database } from "./connection.ts";
import { connectToHost, lookUpPassword } from "./pg-connect.ts";
import { createPgConnection } from "./pg-connection.ts";
import { endClient } from "./pg-database.ts";
import type { ConnectionSettings, HostSettings, TargetSession } from "./settings/connection-settings.ts";
import { fitsTarget, readServerState, type ServerState } from "./target-session.ts";

/** A database that is reached by connection settings: the servers of the list are tried in order. */
export function createSettingsDatabase(settings: ConnectionSettings): Database {
  const plainHosts = new Set<HostSettings>();
  return {
    driver: "pg",
    description: `${settings.hosts.map(placeOf).join(",")}/${settings.database}`,
    severalConnections: true,
    reconnects: true,
    connect: () => connect(settings, plainHosts),
    close: async () => {},
  };
}

async function connect(settings: ConnectionSettings, plainHosts: Set<HostSettings>): Promise<Connection> {
  const { targetSession } = settings;
  const failures: GanderError[] = [];
  const wishes: readonly TargetSession[] = targetSession === "prefer-standby" ? ["standby", "any"] : [targetSession];
  for (const wish of wishes) {
    for (const host of settings.hosts) {
      try {
        return await connectFor(wish, settings, host, plainHosts);
      } catch (error) {
        const failure = explain(error, settings, host);
        if (!mayTryNextHost(failure)) throw failure;
        failures.push(failure);
      }
    }
  }
  throw summarise(failures.slice(-settings.hosts.length));
}

async function connectFor(
  wish: TargetSession,
  settings: ConnectionSettings,
  host: HostSettings,
  plainHosts: Set<HostSettings>,
): Promise<Connection> {
  const { client, reported } = await connectToHost(settings, host, plainHosts);
  const connection = createPgConnection(client, () => endClient(client));
  if (wish === "any") return connection;
  try {
    const state = await readServerState(reported, connection);
    if (fitsTarget(state, wish)) return connection;
    throw new ConnectionError(
      `${placeOf(host)} ${describeState(state)}; target_session_attrs=${wish} asks for another`,
    );
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function describeState({ standby, readOnly }: ServerState): string {
  if (standby) return "is a standby";
  return readOnly
    ? "is a primary that takes no writes (default_transaction_read_only)"
    : "is a primary that takes writes";
}

function explain(error: unknown, settings: ConnectionSettings, host: HostSettings): GanderError {
  return toConnectionError(error, {
    place: placeOf(host),
    user: settings.user,
    database: settings.database,
    passwordNote: lookUpPassword(settings, host).note,
  });
}

/** From libpq: a server that has looked at our name and password, and refused us, is not passed over. */
function mayTryNextHost(failure: GanderError): boolean {
  if (!(failure instanceof ConnectionError)) return false;
  return failure.sqlState === undefined || failure.sqlState === "57P03" || failure.sqlState === "53300";
}

function summarise(failures: readonly GanderError[]): GanderError {
  const [first] = failures;
  if (first === undefined || failures.length === 1)
    return first ?? new ConnectionError("There is no server to connect to");
  const lines = failures.map((failure) => `- ${failure.message}`);
  return new ConnectionError(`None of ${failures.length} servers could be used:\n${lines.join("\n")}`, {
    cause: first,
    ...(first.hint === undefined ? {} : { hint: first.hint }),
  });
}
