import type { Notice } from "../../database/connection.ts";
import { PostgresError } from "../../database/postgres-error.ts";
import { quoteLiteral } from "../../database/quote.ts";
import { doBlock } from "../../history/do-block.ts";
import type { HistoryTable } from "../../history/history.ts";
import { quoteLogTable } from "../../history/table-name.ts";
import { ownTransaction } from "./own-role.ts";
import { rollBack, type RunContext, send } from "../session/run-context.ts";

/** Each conflict means that somebody else's event has come in; nobody is overtaken more often. */
const MOST_CONFLICTS = 100;

/**
 * Whether two wrote to the log at once: the primary key let the other event in, and this one is to be appended behind it.
 * Through a pooler what has failed is noted without the run lock.
 */
export function isLogConflict(
  { table }: { readonly table: HistoryTable },
  { sqlState, fields }: PostgresError,
): boolean {
  return sqlState === "23505" && fields.table === `${table.name}_log` && fields.schema === table.schema;
}

/** In a PL/pgSQL block in which `head` is the hash of the newest event: tells it, in a line that is ours. */
export function tellHead({ token }: Pick<RunContext, "token">): string {
  return `RAISE INFO '% head %', ${quoteLiteral(token)}, head;`;
}

/** The hash in a line of ours that tells it. */
export function headIn({ token }: Pick<RunContext, "token">, { message }: Notice): string | undefined {
  const [own, what, head] = message.split(" ");
  return own === token && what === "head" ? head : undefined;
}

interface Sending {
  readonly onNotice?: (notice: Notice) => void;
  /** What fails was not done at all, and can be sent again; true by default. */
  readonly again?: boolean;
  readonly sendOne?: typeof send;
}

/** Sends a message that appends to the log, behind whatever comes in at the same moment; then tells the newest event. */
export async function sendLogged(
  context: RunContext,
  message: string,
  { onNotice, again = true, sendOne = send }: Sending = {},
): Promise<void> {
  for (let conflicts = 0; ; conflicts++) {
    let head: string | undefined;
    try {
      await sendOne(context, message, (notice) => {
        const told = headIn(context, notice);
        if (told === undefined) onNotice?.(notice);
        else head = told;
      });
      if (head !== undefined) context.emit({ type: "logged", head });
      return;
    } catch (error) {
      if (!again || conflicts === MOST_CONFLICTS) throw error;
      if (!(error instanceof PostgresError) || !isLogConflict(context, error)) throw error;
      await rollBack(context.connection);
    }
  }
}

/** Sends statements that append to the log, as a transaction of their own. */
export async function recordLogged(
  context: RunContext,
  statements: readonly string[],
  sendOne?: typeof send,
): Promise<void> {
  const all = ownTransaction(context, [...statements, tellNewest(context)]);
  await sendLogged(context, all.join(";\n"), sendOne && { sendOne });
}

/** A statement that tells the newest event of the log, in a line that is ours. */
export function tellNewest(context: RunContext): string {
  const newest = `(SELECT hash FROM ${quoteLogTable(context.table)} ORDER BY id DESC LIMIT 1)`;
  return doBlock(`DECLARE head text := ${newest}; BEGIN ${tellHead(context)} END`);
}
