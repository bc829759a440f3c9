import { ConnectionLostError } from "../errors.ts";
import { isServerMessage, refuseNul, toErrorFields, type WireMessage } from "./answer.ts";
import type { Connection, Result } from "./connection.ts";
import { sendCancelRequest } from "./pg-cancel.ts";
import type { PgClient } from "./pg-client.ts";
import { submitMessages, type PgMessages } from "./pg-message.ts";
import { PostgresError } from "./postgres-error.ts";

/** Messages that are under way, and whom they matter to. */
interface Exchange {
  readonly messages: PgMessages;
  resolve(results: readonly (readonly Result[])[]): void;
  reject(error: unknown): void;
}

/** A Connection over a Client of `pg` that is connected; `release` gives the client back to whoever it came from. */
export function createPgConnection(client: PgClient, release: () => Promise<void>): Connection {
  let exchange: Exchange | undefined;
  let lost: ConnectionLostError | undefined;
  let closing: Promise<void> | undefined;

  const takeExchange = (): Exchange | undefined => {
    const taken = exchange;
    exchange = undefined;
    taken?.messages.finish();
    return taken;
  };
  const lose = (reason?: unknown): void => {
    // The server's last words say more than the end of the socket that follows them.
    lost ??= toLostError(exchange?.messages.answer().error() ?? reason);
    takeExchange()?.reject(lost);
  };
  const onReady = (): void => {
    if (exchange?.messages.submitted() !== true) return;
    const { messages, resolve, reject } = takeExchange()!;
    try {
      resolve(messages.settle());
    } catch (error) {
      reject(error);
    }
  };
  const onNotice = (message: WireMessage): void => exchange?.messages.answer().notice(message);

  const pipeline = client.pipeline;
  if (pipeline === true) client.pipeline = false;
  client.on("error", lose);
  client.on("end", lose);
  client.on("notice", onNotice);
  client.connection.on("readyForQuery", onReady);

  const close = async (): Promise<void> => {
    lose(new Error("it was closed"));
    client.connection.off("readyForQuery", onReady);
    client.off("notice", onNotice);
    client.off("end", lose);
    if (pipeline === true) client.pipeline = true;
    await release().catch(() => {});
    client.off("error", lose);
  };

  const sendTogether: NonNullable<Connection["sendTogether"]> = async (texts, options = {}) => {
    if (lost !== undefined) throw lost;
    if (exchange !== undefined) throw new Error("A message was sent while another one is under way.");
    for (const text of texts) refuseNul(text);
    return await new Promise((resolve, reject) => {
      const messages = submitMessages(client, texts, options.onNotice, lose);
      exchange = { messages, resolve, reject };
    });
  };

  return {
    driver: "pg",
    keyProcessId: client.processID ?? undefined,
    send: async (text, options) => (await sendTogether([text], options))[0] ?? [],
    sendTogether,
    cancel: async () => {
      if (lost === undefined) await sendCancelRequest(client);
    },
    close: () => (closing ??= close()),
  };
}

function toLostError(reason: unknown): ConnectionLostError {
  const cause = isServerMessage(reason) ? new PostgresError(toErrorFields(reason), 0) : reason;
  const words = cause instanceof Error ? cause.message : "the server closed it";
  return new ConnectionLostError(`The connection to the database was lost: ${words}`, { cause });
}
