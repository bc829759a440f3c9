import { ConnectionLostError } from "../errors.ts";
import { copyRefusal, createAnswer, refuseNul, type Answer, type WireMessage } from "./answer.ts";
import type { Connection, Result, SendOptions } from "./connection.ts";
import type { PGliteLike } from "./pglite-like.ts";

/** A message of the protocol as PGlite reads it; which fields there are depends on the name. */
interface ProtocolMessage extends WireMessage {
  readonly name: string;
  readonly fields?: readonly unknown[];
  readonly text?: string;
}

/** A Connection over a PGlite instance that is ready; `release` says what becomes of the session afterwards. */
export function createPGliteConnection(pglite: PGliteLike, release: () => Promise<void>): Connection {
  let lost: ConnectionLostError | undefined;
  let busy = false;
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    lost ??= new ConnectionLostError("The connection to the embedded database was closed.");
    await release().catch(() => {});
  };
  return {
    driver: "pglite",
    keyProcessId: undefined,
    send: async (text, options) => {
      if (lost !== undefined) throw lost;
      if (busy) throw new Error("A message was sent while another one is under way.");
      refuseNul(text);
      busy = true;
      try {
        return await sendToPGlite(pglite, text, options);
      } catch (error) {
        if (error instanceof ConnectionLostError) lost = error;
        throw error;
      } finally {
        busy = false;
      }
    },
    // PGlite runs in this very thread: while we can ask, nothing runs that could be cancelled.
    cancel: async () => {},
    close: () => (closing ??= close()),
  };
}

/** Sends one message to a PGlite instance, in turn with what its owner sends. */
export async function sendToPGlite(
  pglite: PGliteLike,
  text: string,
  options: SendOptions = {},
): Promise<readonly Result[]> {
  if (pglite.closed) throw lostError("it was closed");
  const answer = createAnswer(options.onNotice);
  const work = () => exchange(pglite, encodeMessage(text), answer);
  const ready = await inTurn(pglite, work).catch((error: unknown) => {
    throw lostError(error instanceof Error ? error.message : String(error), error);
  });
  if (!ready) throw lostError("it gave no complete answer", answer.error());
  return answer.settle();
}

/** Waits for the transactions of its owner, as PGlite's own `query` does, or the message would become part of one. */
function inTurn(pglite: PGliteLike, work: () => Promise<boolean>): Promise<boolean> {
  const inner = (): Promise<boolean> => pglite.runExclusive(work);
  const owner = pglite as { _runExclusiveTransaction?: (work: () => Promise<boolean>) => Promise<boolean> };
  return owner._runExclusiveTransaction?.(inner) ?? inner();
}

async function exchange(pglite: PGliteLike, packet: Uint8Array, answer: Answer): Promise<boolean> {
  const onNotice = (notice: WireMessage): void => answer.notice(notice);
  const { messages } = (await pglite.execProtocol(packet, { throwOnError: false, onNotice })) as {
    messages: readonly ProtocolMessage[];
  };
  for (const message of messages) collect(answer, message);
  return messages.at(-1)?.name === "readyForQuery";
}

function collect(answer: Answer, message: ProtocolMessage): void {
  switch (message.name) {
    case "rowDescription":
      return answer.describeRows(message.fields as readonly { name: string }[]);
    case "dataRow":
      return answer.addRow(message.fields as readonly (string | null)[]);
    case "commandComplete":
      return answer.completeStatement(message.text ?? "");
    case "error":
      return answer.fail(message);
  }
}

/**
 * The message, and behind it the refusal of a COPY FROM STDIN: should there be one, PGlite could not wait for an answer
 * to it and would end; without one a server ignores a refusal, as the protocol says.
 */
function encodeMessage(text: string): Uint8Array {
  return Buffer.concat([encodePacket("Q", text), encodePacket("f", copyRefusal)]);
}

function encodePacket(type: string, text: string): Buffer {
  const length = 4 + Buffer.byteLength(text) + 1;
  const packet = Buffer.alloc(1 + length);
  packet.write(type, 0, "latin1");
  packet.writeInt32BE(length, 1);
  packet.write(text, 5);
  return packet;
}

function lostError(words: string, cause?: unknown): ConnectionLostError {
  return new ConnectionLostError(`The connection to the embedded database was lost: ${words}`, { cause });
}
