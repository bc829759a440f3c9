import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/**
 * What the proxy does with a chunk that it has just read: `cut` loses it, `pass-and-cut` delivers it and then cuts; a number
 * of bytes delivers as many of its first and then cuts.
 */
export type ChunkFate = "pass" | "cut" | "pass-and-cut" | number;

export type ProxyDirection = "to-server" | "to-client";

export interface ProxyOptions {
  readonly host?: string;
  readonly port: number;
  /** Added to each round trip, half of it each way, in milliseconds. */
  readonly latency?: number;
  /** Looks at each chunk, as it came from the wire; connections are numbered from 1 on. */
  readonly inspect?: (direction: ProxyDirection, chunk: Buffer, connection: number) => ChunkFate;
}

/** What has passed since the start or the last `reset`, over all connections. */
export interface Traffic {
  readonly connections: number;
  /** How often the client spoke after the server had: the times that it waited for an answer. */
  readonly roundTrips: number;
  readonly bytesToServer: number;
  readonly bytesToClient: number;
}

/** A TCP proxy in front of a server, which counts, delays and cuts. */
export interface Proxy extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  traffic(): Traffic;
  reset(): void;
  /** Breaks every connection off, as a network or a killed server does. */
  cut(): void;
  /** Breaks every client off without the server hearing of it, as a network does that comes back; new connections pass. */
  abandon(): void;
  /** Passes nothing on any more, and says nothing, as a lost network does; new connections are taken and ignored. */
  freeze(): void;
  close(): Promise<void>;
}

/** Starts a proxy on a free port of 127.0.0.1. */
export async function startProxy({ host = "127.0.0.1", port, latency = 0, inspect }: ProxyOptions): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let traffic = { connections: 0, roundTrips: 0, bytesToServer: 0, bytesToClient: 0 };
  let frozen = false;
  let connections = 0;
  const clients = new Set<Socket>();
  const abandoned = new WeakSet<Socket>();
  /** What comes while a cut waits for the bytes before it is lost. */
  let cutting = false;

  const cut = (): void => {
    cutting = false;
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const track = (socket: Socket): void => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  };
  const later = (work: () => void): void => {
    if (latency === 0) work();
    else setTimeout(work, latency / 2);
  };

  const join = (client: Socket): void => {
    track(client);
    clients.add(client);
    client.on("close", () => clients.delete(client));
    const connection = ++connections;
    traffic.connections++;
    if (frozen) return;
    const server = connect({ host, port });
    track(server);
    let lastSpeaker: ProxyDirection = "to-client";
    const pass = (from: Socket, to: Socket, direction: ProxyDirection): void => {
      from.on("data", (chunk: Buffer) => {
        if (direction === "to-server") {
          if (lastSpeaker === "to-client") traffic.roundTrips++;
          traffic.bytesToServer += chunk.length;
        } else traffic.bytesToClient += chunk.length;
        lastSpeaker = direction;
        if (frozen || cutting) return;
        const fate = inspect?.(direction, chunk, connection) ?? "pass";
        if (fate === "cut" || fate === 0) return cut();
        cutting = fate !== "pass";
        const delivered = typeof fate === "number" ? chunk.subarray(0, fate) : chunk;
        later(() => {
          // The other side must have it before the cut, so the cut waits for the write.
          if (!to.destroyed) to.write(delivered, fate === "pass" ? undefined : cut);
          else if (fate !== "pass") cut();
        });
      });
      from.on("end", () => later(() => frozen || abandoned.has(from) || to.end()));
      from.on("close", (hadError) => hadError && !abandoned.has(from) && to.resetAndDestroy());
    };
    pass(client, server, "to-server");
    pass(server, client, "to-client");
  };

  const listener = createServer({ allowHalfOpen: true }, join).listen(0, "127.0.0.1");
  await once(listener, "listening");
  const close = async (): Promise<void> => {
    cut();
    if (!listener.listening) return;
    listener.close();
    await once(listener, "close");
  };
  return {
    host: "127.0.0.1",
    port: (listener.address() as AddressInfo).port,
    traffic: () => ({ ...traffic }),
    reset: () => {
      traffic = { connections: 0, roundTrips: 0, bytesToServer: 0, bytesToClient: 0 };
    },
    cut,
    abandon: () => {
      for (const client of clients) {
        abandoned.add(client);
        client.resetAndDestroy();
      }
    },
    freeze: () => {
      frozen = true;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
