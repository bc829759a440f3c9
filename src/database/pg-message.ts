import { copyRefusal, createAnswer, isServerMessage, type Answer, type WireMessage } from "./answer.ts";
import type { Notice, Result } from "./connection.ts";
import type { PgClient, PgWire } from "./pg-client.ts";
import { holdBack } from "./pg-hold-back.ts";

/** Messages on their way, as one object that `client.query` of `pg` accepts and calls back. */
export interface PgMessages {
  /** The answer to the one that is being answered. */
  answer(): Answer;
  /** What was answered in the end, to each of them; throws the first error. */
  settle(): readonly (readonly Result[])[];
  /** True once they were written to the socket; before, the client may be busy with a query of its owner. */
  submitted(): boolean;
  /** Must be called when the message is over: `pg` may have started a timer for it. */
  finish(): void;
}

/** The longest that a timer of Node can run, 24 days, in milliseconds. */
const longest = 2_147_483_647;

/**
 * Sends messages of the simple protocol, without waiting for the answer to one before the next is sent; `onBroken` is told
 * when no answer will come, for a reason outside the server.
 */
export function submitMessages(
  client: PgClient,
  texts: readonly string[],
  onNotice: ((notice: Notice) => void) | undefined,
  onBroken: (error: unknown) => void,
): PgMessages {
  const answers = texts.map(() => createAnswer(onNotice));
  let current = 0;
  const answer = (): Answer => answers[current] as Answer;
  let submitted = false;
  const query = {
    // `pg` puts its own function here, which stops the timer of `query_timeout`.
    callback: undefined as (() => void) | undefined,
    // An owner's limit for the queries of an application is not meant for migrations, and 0 would mean the owner's.
    query_timeout: client.connectionParameters?.query_timeout ? longest : undefined,
    submit: (wire: PgWire) => {
      submitted = true;
      // For `pg` it is one query: it is not to see the end of it, or an error, before the last answer.
      if (texts.length > 1) {
        holdBack(wire, texts.length - 1, {
          onError: (error) => answer().fail(error),
          onReady: () => current++,
        });
      }
      for (const text of texts) wire.query(text);
    },
    handleRowDescription: (message: { fields: readonly { name: string }[] }) => answer().describeRows(message.fields),
    handleDataRow: (message: { fields: readonly (string | null)[] }) => answer().addRow(message.fields),
    handleCommandComplete: (message: { text: string }) => answer().completeStatement(message.text),
    handleEmptyQuery: () => {},
    handlePortalSuspended: () => {},
    handleCopyInResponse: (wire: PgWire) => wire.sendCopyFail(copyRefusal),
    handleCopyData: () => {},
    handleError: (error: WireMessage | Error) => {
      if (isServerMessage(error)) answer().fail(error);
      else onBroken(error);
    },
    // It comes after an error, too, but then `pg` does not pass it on to us: the connection listens for it.
    handleReadyForQuery: () => {},
  };
  client.query(query);
  return {
    answer,
    settle: () => answers.map((one) => one.settle()),
    submitted: () => submitted,
    finish: () => query.callback?.(),
  };
}
