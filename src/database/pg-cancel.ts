import { once } from "node:events";
import { isIP, Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import type { PgClient } from "./pg-client.ts";

/** How long the server may take for it, in milliseconds. */
const patience = 2_000;

/** From PostgreSQL's protocol: the codes that stand where a version number is expected. */
const cancelRequestCode = 80_877_102;
const sslRequestCode = 80_877_103;

/**
 * Asks the server, on a socket of its own, to cancel what runs on a connection; resolves when the server has closed that
 * socket, which it does after it passed the request on. Never throws.
 */
export async function sendCancelRequest(client: PgClient): Promise<void> {
  const { processID, secretKey } = client;
  if (processID === null || secretKey === null) return;
  const socket = new Socket().setTimeout(patience);
  socket.on("timeout", () => socket.destroy());
  socket.on("error", () => {});
  try {
    const stream = await openStream(client, socket);
    stream.on("error", () => {});
    // It is for the server to close it: PgBouncer before 1.20 can come down where a client does so first.
    stream.write(encode(cancelRequestCode, processID, secretKey));
    stream.resume();
    if (!stream.closed) await once(stream, "close");
  } catch {
    // A request that did not get through is like one that came too late.
  } finally {
    socket.destroy();
  }
}

/** A socket to the server that the client is connected to, encrypted if the client's is. */
async function openStream(client: PgClient, socket: Socket): Promise<Socket> {
  const { host, port, connection } = client;
  const { remoteAddress, remotePort } = connection.stream;
  // A name may stand for several servers; the address is the one that has our session.
  if (host.startsWith("/")) socket.connect(`${host}/.s.PGSQL.${port}`);
  else socket.connect(remotePort ?? port, remoteAddress ?? host);
  await once(socket, "connect");
  if (!("encrypted" in connection.stream)) return socket;

  const direct = client.sslNegotiation === "direct";
  if (!direct) {
    socket.write(encode(sslRequestCode));
    const [answer] = (await once(socket, "data")) as [Buffer];
    if (answer.toString("latin1") !== "S") throw new Error("The server takes no TLS here.");
  }
  const options: ConnectionOptions = { socket, host, ...(isIP(host) === 0 ? { servername: host } : {}) };
  if (typeof client.ssl === "object") Object.assign(options, client.ssl);
  if (direct) options.ALPNProtocols = ["postgresql"];
  const secure = connectTls(options);
  await once(secure, "secureConnect");
  return secure;
}

function encode(...numbers: readonly number[]): Buffer {
  const packet = Buffer.alloc(4 + 4 * numbers.length);
  packet.writeInt32BE(packet.length, 0);
  numbers.forEach((number, index) => packet.writeInt32BE(number, 4 + 4 * index));
  return packet;
}
