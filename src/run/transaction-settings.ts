import { quoteLiteral } from "../database/quote.ts";
import type { RunContext } from "./run-context.ts";

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
  return settings.map(
    ([name, value]) => `PERFORM pg_catalog.set_config(${quoteLiteral(name)}, ${quoteLiteral(value)}, true);`,
  );
}
