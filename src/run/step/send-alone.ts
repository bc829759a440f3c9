import type { Notice } from "../../database/connection.ts";
import { quoteLiteral } from "../../database/quote.ts";
import { cancelOnAbort, type RunContext, send } from "../session/run-context.ts";
import { type Limits, limitsOf } from "./transaction-settings.ts";

/** For a statement that blocks nobody while it waits. */
export const NO_LIMITS: Limits = { lockTimeout: 0, statementTimeout: 0 };

/**
 * Sends a statement that goes alone, under our limits and as the role of the run. A direct connection has them already.
 * Through a pooler, where the login or the database has other ones, they are changed before it and put back after it: what is
 * sent at once stays in one session of the server, and reaches nobody else.
 */
export async function sendAlone(
  context: Pick<RunContext, "connection" | "signal" | "pooled" | "serverVersionNumber" | "role">,
  sql: string,
  limits: Limits,
  onNotice?: (notice: Notice) => void,
): Promise<void> {
  if (!context.pooled) {
    await send(context, sql, onNotice);
    return;
  }
  const { connection } = context;
  const wanted = limitsOf(context, limits).filter(([name]) => !name.startsWith("idle"));
  const differs = wanted.map(([name, value]) => `name = ${quoteLiteral(name)} AND setting <> ${quoteLiteral(value)}`);
  const [result] = await send(context, `SELECT name FROM pg_catalog.pg_settings WHERE ${differs.join(" OR ")}`);
  const names = new Set(result?.rows.map(([name]) => name));
  const changed = wanted.filter(([name]) => names.has(name));
  if (context.role !== undefined) changed.push(["role", context.role]);
  if (changed.length === 0 || connection.sendTogether === undefined) {
    await send(context, sql, onNotice);
    return;
  }
  const messages = [
    changed.map(([name, value]) => `SET ${name} = ${quoteLiteral(value)}`).join("; "),
    sql,
    changed.map(([name]) => `RESET ${name}`).join("; "),
  ];
  await cancelOnAbort(context, () => connection.sendTogether?.(messages, { onNotice }) ?? Promise.resolve([]));
}
