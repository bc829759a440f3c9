import { connect, createServer } from "node:net";

const readyForQuery = Buffer.from([0x5a, 0, 0, 0, 5]);

/** Passes chunks on in their order, each `delayMs` after it came. */
function delayed(target, delayMs) {
  if (delayMs === 0) return { write: (chunk) => target.write(chunk), end: () => target.end() };
  return {
    write: (chunk) => setTimeout(() => target.write(chunk), delayMs),
    end: () => setTimeout(() => target.end(), delayMs),
  };
}

/**
 * A TCP proxy that counts. A round trip is a turn from client to server that the server answered: the farewell at the end
 * is none. What comes before the server is ready for the first query (start-up, TLS, authentication) is the connection's
 * own. `latencyMs` is added to each round trip, half in each direction.
 */
export async function startProxy(target) {
  let counts;
  let latencyMs = 0;
  const sockets = new Set();

  function serve(client) {
    const server = connect({ host: target.host, port: target.port });
    const toServer = delayed(server, latencyMs / 2);
    const toClient = delayed(client, latencyMs / 2);
    let waiting = false;
    let ready = false;
    counts.connections += 1;
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => sockets.delete(socket));
    }
    client.on("data", (chunk) => {
      waiting = true;
      counts.bytes += chunk.length;
      toServer.write(chunk);
    });
    server.on("data", (chunk) => {
      counts.bytes += chunk.length;
      if (waiting) counts.trips += 1;
      if (waiting && !ready) counts.connectionTrips += 1;
      waiting = false;
      ready ||= chunk.includes(readyForQuery);
      toClient.write(chunk);
    });
    client.on("end", () => toServer.end());
    server.on("end", () => toClient.end());
  }

  const listener = createServer({ allowHalfOpen: true, noDelay: true }, serve);
  await new Promise((resolve, reject) => {
    listener.once("error", reject);
    listener.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: listener.address().port,
    /** Starts counting from nothing; connections from now on have this latency. */
    reset(latency = 0) {
      latencyMs = latency;
      counts = { connections: 0, trips: 0, connectionTrips: 0, bytes: 0 };
    },
    read: () => ({ ...counts }),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
