import { quoteLiteral } from "../database/quote.ts";
import type { RunContext } from "./run-context.ts";

/**
 * Has the server look whether we are still there, so that the statement of a process that was killed ends soon and the next
 * start need not wait for it. Servers on some systems refuse it, and do without.
 */
const NOTICE_OUR_END = `BEGIN
    PERFORM pg_catalog.set_config('client_connection_check_interval', '2s', true);
  EXCEPTION WHEN OTHERS THEN NULL; END;`;

/** The settings that hold for one transaction of ours, as calls for a PL/pgSQL block; PGlite is sent no timeout at all. */
export function transactionSettings(
  context: Pick<RunContext, "connection" | "serverVersionNumber" | "role" | "pooled">,
  lockTimeout: number,
  applicationName: string,
): readonly string[] {
  const settings: [name: string, value: string][] = [["application_name", applicationName.slice(0, 60)]];
  if (context.connection.driver !== "pglite") {
    settings.push(
      ["lock_timeout", String(lockTimeout)],
      ["statement_timeout", "0"],
      ["idle_in_transaction_session_timeout", "0"],
    );
    if (context.serverVersionNumber >= 170_000) settings.push(["transaction_timeout", "0"]);
  }
  if (context.pooled && context.role !== undefined) settings.push(["role", context.role]);
  const calls = settings.map(
    ([name, value]) => `PERFORM pg_catalog.set_config(${quoteLiteral(name)}, ${quoteLiteral(value)}, true);`,
  );
  const looks = context.connection.driver !== "pglite" && context.serverVersionNumber >= 140_000;
  return looks ? [...calls, NOTICE_OUR_END] : calls;
}
