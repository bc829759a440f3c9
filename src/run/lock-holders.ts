import type { LockHolder } from "../events.ts";
import type { RunContext } from "./run-context.ts";

const HOLDERS = `SELECT DISTINCT a.pid, a.usename, a.application_name, a.client_addr, pg_catalog.left(a.query, 200), a.xact_start
FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'relation' AND l.granted AND l.pid <> pg_catalog.pg_backend_pid() AND l.relation >= 16384
  AND a.datname = pg_catalog.current_database() AND a.xact_start IS NOT NULL
ORDER BY a.xact_start LIMIT 3`;

/** The sessions that hold locks on tables of this database, those with the oldest transaction first. */
export async function readHolders(context: Pick<RunContext, "connection">): Promise<readonly LockHolder[]> {
  const [result] = await context.connection.send(HOLDERS);
  return (result?.rows ?? []).map(([backendId, user, applicationName, clientAddress, query, since]) => ({
    backendId: Number(backendId),
    ...(user && { user }),
    ...(applicationName && { applicationName }),
    ...(clientAddress && { clientAddress }),
    ...(query && { query }),
    ...(since && { since }),
  }));
}

/** One line a holder, for people. */
export function describeHolders(holders: readonly LockHolder[]): string {
  return holders
    .map(({ backendId, user, applicationName, since, query }) => {
      const who = [user, applicationName].filter(Boolean).join(", ");
      return `  PID ${backendId}${who === "" ? "" : ` (${who})`}, in a transaction since ${since}: ${query?.replaceAll(/\s+/g, " ")}`;
    })
    .join("\n");
}
