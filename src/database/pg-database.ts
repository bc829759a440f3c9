import { once, type EventEmitter } from "node:events";
import { ConfigError, ConnectionError } from "../errors.ts";
import { toConnectionError } from "./connection-failure.ts";
import { describeTarget, placeOf, targetOfConfig, type ConnectionTarget, type PgConfig } from "./connection-target.ts";
import type { Connection, Database } from "./connection.ts";
import type { PgClient } from "./pg-client.ts";
import { createPgConnection } from "./pg-connection.ts";
import type { Environment } from "./settings/surroundings.ts";
import { readSessionState, restoreSessionState, type SessionState } from "./session-state.ts";

/** What we use of a Pool of `pg`, whichever copy of it. */
export interface PgPool {
  readonly options: PgConfig & { readonly max?: number };
  readonly totalCount: number;
  connect(): Promise<PgClient & { release(destroy: boolean): void }>;
}

/** Connections out of an application's Pool. They are destroyed afterwards: they may carry what a migration SET. */
export function createPoolDatabase(pool: PgPool, env: Environment): Database {
  const target = targetOfConfig(pool.options, env);
  return {
    driver: "pg",
    description: describeTarget(target),
    severalConnections: pool.options.max !== 1,
    reconnects: true,
    connect: async () => {
      const client = await checkOut(pool, target);
      const release = async (): Promise<void> => {
        client.release(true);
        muteErrors(client);
      };
      if (!isPureClient(client)) {
        await release();
        throw noNativeClient();
      }
      return createPgConnection(client, release);
    },
    close: async () => {},
  };
}

async function checkOut(pool: PgPool, target: ConnectionTarget): ReturnType<PgPool["connect"]> {
  try {
    return await pool.connect();
  } catch (error) {
    throw toConnectionError(error, target);
  }
}

/**
 * The one session of a Client that the caller gave. A connected one stays open; one that was not connected yet is
 * connected by us, and then also ended by us, when the Database is closed.
 */
export function createClientDatabase(client: PgClient): Database {
  if (!isPureClient(client)) throw noNativeClient();
  const state = client as { _connected?: boolean; _connecting?: boolean; _ended?: boolean };
  let connecting: Promise<unknown> | undefined;
  let current: Connection | undefined;
  return {
    driver: "pg",
    description: describeTarget(targetOf(client)),
    severalConnections: false,
    reconnects: false,
    connect: async () => {
      if (current !== undefined) throw unusable("has one session, and it is in use");
      if (state._ended === true) throw unusable("has ended, and a Client cannot be connected again");
      try {
        if (state._connecting === true && connecting === undefined) await becomeConnected(client);
        else if (state._connected !== true && client.processID === null) await (connecting ??= client.connect());
      } catch (error) {
        throw toConnectionError(error, targetOf(client));
      }
      const connection = createPgConnection(client, async () => {
        current = undefined;
      });
      current = keepingSession(connection);
      return current;
    },
    close: async () => {
      await current?.close();
      if (connecting === undefined) return;
      muteErrors(client);
      await endClient(client);
    },
  };
}

/** The first line of every pg_dump empties `search_path`: it must not reach the owner of the Client. */
function keepingSession(connection: Connection): Connection {
  const send = (message: string) => connection.send(message);
  let before: SessionState | undefined;
  return {
    ...connection,
    keepSession: async () => {
      before ??= await readSessionState(send);
    },
    close: async () => {
      // A session that has ended keeps nothing.
      if (before !== undefined) await restoreSessionState(send, before).catch(() => undefined);
      before = undefined;
      await connection.close();
    },
  };
}

function unusable(why: string): ConnectionError {
  return new ConnectionError(`The Client that was given ${why}.`, {
    hint: "Give a URL or a Pool to have more than one.",
  });
}

/** Waits for a Client that its owner has begun to connect; if that fails, its owner is told why, and we see the end. */
async function becomeConnected(client: PgClient): Promise<void> {
  const emitter = client as unknown as EventEmitter;
  const waiting = new AbortController();
  const ended = once(emitter, "end", waiting).then(() => {
    throw new Error("Connection terminated");
  });
  try {
    await Promise.race([once(emitter, "connect", waiting), ended]);
  } finally {
    waiting.abort();
  }
}

/** How long a server may take to see our goodbye, in milliseconds. */
const farewell = 1_000;

/**
 * Ends a Client: its goodbye has left when this resolves. The answer, the end of the server's process, is not waited for, and
 * a network that is gone makes nobody wait. Never throws.
 */
export async function endClient(client: PgClient): Promise<void> {
  const { stream } = client.connection;
  const timer = setTimeout(() => stream.destroy(), farewell);
  const said = new Promise<void>((resolve) => {
    stream.once("finish", resolve);
    stream.once("close", resolve);
    if (stream.destroyed) resolve();
  });
  const ended = client
    .end()
    .catch(() => {})
    .then(() => clearTimeout(timer));
  // A plain socket has it by now.
  if (stream.writableLength > 0 || client.ssl !== false) await Promise.race([said, ended]);
}

/** A client that we are done with may still report that its socket ended, which nobody needs to know. */
function muteErrors(client: PgClient): void {
  const emitter = client as PgClient & { removeAllListeners(event: string): void };
  emitter.removeAllListeners("error");
  client.on("error", () => {});
}

/** Where a Client leads. */
export function targetOf(client: PgClient): ConnectionTarget {
  return { place: placeOf(client), user: client.user, database: client.database };
}

function isPureClient(client: PgClient): boolean {
  return typeof (client as Partial<PgClient>).connection?.on === "function";
}

function noNativeClient(): ConfigError {
  return new ConfigError("pg-native is not supported: it hides the protocol messages that gander needs to see", {
    hint: "Give the Pool or Client of pg itself, or a URL.",
  });
}
