import { ConnectionLostError } from "../errors.ts";
import { createAnswer, isServerMessage, refuseNul, toErrorFields, type WireMessage } from "./answer.ts";
import type { Connection, Result } from "./connection.ts";
import { sendCancelRequest } from "./pg-cancel.ts";
import type { PgClient } from "./pg-client.ts";
import { submitMessage, type PgMessage } from "./pg-message.ts";
import { PostgresError } from "./postgres-error.ts";

/** A message that is under way, and whom it matters to. */
interface Exchange {
  readonly message: PgMessage;
  resolve(results: readonly Result[]): void;
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
    taken?.message.finish();
    return taken;
  };
  const lose = (reason?: unknown): void => {
    // The server's last words say more than the end of the socket that follows them.
    lost ??= toLostError(exchange?.message.answer.error() ?? reason);
    takeExchange()?.reject(lost);
  };
  const onReady = (): void => {
    if (exchange?.message.submitted() !== true) return;
    const { message, resolve, reject } = takeExchange()!;
    try {
      resolve(message.answer.settle());
    } catch (error) {
      reject(error);
    }
  };
  const onNotice = (message: WireMessage): void => exchange?.message.answer.notice(message);

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

  return {
    driver: "pg",
    keyProcessId: client.processID ?? undefined,
    send: async (text, options = {}) => {
      if (lost !== undefined) throw lost;
      if (exchange !== undefined) throw new Error("A message was sent while another one is under way.");
      refuseNul(text);
      return await new Promise((resolve, reject) => {
        const message = submitMessage(client, text, createAnswer(options.onNotice), lose);
        exchange = { message, resolve, reject };
      });
    },
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
