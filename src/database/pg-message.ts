import { copyRefusal, isServerMessage, type Answer, type WireMessage } from "./answer.ts";
import type { PgClient, PgWire } from "./pg-client.ts";

/** One message on its way, as an object that `client.query` of `pg` accepts and calls back. */
export interface PgMessage {
  readonly answer: Answer;
  /** True once it was written to the socket; before, the client may be busy with a query of its owner. */
  submitted(): boolean;
  /** Must be called when the message is over: `pg` may have started a timer for it. */
  finish(): void;
}

/** The longest that a timer of Node can run, 24 days, in milliseconds. */
const longest = 2_147_483_647;

/** Sends a message of the simple protocol; `onBroken` is told when no answer will come, for a reason outside the server. */
export function submitMessage(
  client: PgClient,
  text: string,
  answer: Answer,
  onBroken: (error: unknown) => void,
): PgMessage {
  let submitted = false;
  const query = {
    // `pg` puts its own function here, which stops the timer of `query_timeout`.
    callback: undefined as (() => void) | undefined,
    // An owner's limit for the queries of an application is not meant for migrations, and 0 would mean the owner's.
    query_timeout: client.connectionParameters?.query_timeout ? longest : undefined,
    submit: (wire: PgWire) => {
      submitted = true;
      wire.query(text);
    },
    handleRowDescription: (message: { fields: readonly { name: string }[] }) => answer.describeRows(message.fields),
    handleDataRow: (message: { fields: readonly (string | null)[] }) => answer.addRow(message.fields),
    handleCommandComplete: (message: { text: string }) => answer.completeStatement(message.text),
    handleEmptyQuery: () => {},
    handlePortalSuspended: () => {},
    handleCopyInResponse: (wire: PgWire) => wire.sendCopyFail(copyRefusal),
    handleCopyData: () => {},
    handleError: (error: WireMessage | Error) => {
      if (isServerMessage(error)) answer.fail(error);
      else onBroken(error);
    },
    // It comes after an error, too, but then `pg` does not pass it on to us: the connection listens for it.
    handleReadyForQuery: () => {},
  };
  client.query(query);
  return { answer, submitted: () => submitted, finish: () => query.callback?.() };
}
