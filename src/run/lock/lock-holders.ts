import type { Connection, Result } from "../../database/connection.ts";
import { quoteIdentifier, quoteLiteral } from "../../database/quote.ts";
import type { LockHolder } from "../../events.ts";
import type { ObjectName } from "../../files/object-name.ts";
import type { RunContext } from "../session/run-context.ts";

/** More of them are of no use to a person. */
const MOST_HOLDERS = 3;

const FACTS = `a.usename, a.application_name, a.client_addr, a.state, pg_catalog.left(a.query, 400),
  pg_catalog.to_char(pg_catalog.timezone('UTC', a.xact_start), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
  (pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - a.xact_start) * 1000)::bigint`;

/** A session that has prepared its transaction and gone keeps its locks, and has no process id. */
const PREPARED = `SELECT 0, p.owner, NULL, NULL, 'prepared', NULL,
  pg_catalog.to_char(pg_catalog.timezone('UTC', p.prepared), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
  (pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - p.prepared) * 1000)::bigint, p.gid
FROM pg_catalog.pg_prepared_xacts p WHERE p.database = pg_catalog.current_database()`;

/** The sessions that keep another one waiting, and whether it waits for a row or for anything else. */
export interface Blockers {
  readonly holders: readonly LockHolder[];
  readonly isRow: boolean;
}

/** Asks who keeps a session waiting; nobody where it does not wait. To be asked by another session. */
export async function readBlockers(connection: Connection, backendId: number): Promise<Blockers> {
  const blocking = `pg_catalog.pg_blocking_pids(${backendId})`;
  const results =
    await connection.send(`SELECT DISTINCT b.pid, ${FACTS}, NULL FROM pg_catalog.unnest(${blocking}) AS b (pid)
  JOIN pg_catalog.pg_stat_activity a ON a.pid = b.pid ORDER BY 8 DESC NULLS LAST LIMIT ${MOST_HOLDERS};
${PREPARED} AND 0 = ANY (${blocking}) ORDER BY p.prepared LIMIT ${MOST_HOLDERS};
SELECT FROM pg_catalog.pg_locks WHERE pid = ${backendId} AND NOT granted AND locktype IN ('transactionid', 'tuple');`);
  return { holders: parseHolders(results.slice(0, 2)), isRow: (results[2]?.rows.length ?? 0) > 0 };
}

/** The sessions that hold locks on some tables, their partitions and heirs, the oldest transaction first. */
export async function readHolders(
  { connection }: Pick<RunContext, "connection">,
  tables: readonly ObjectName[],
): Promise<readonly LockHolder[]> {
  if (tables.length === 0) return [];
  const named = tables.map(({ schema, name }) => {
    const written = `${schema === undefined ? "" : `${quoteIdentifier(schema)}.`}${quoteIdentifier(name)}`;
    return `(pg_catalog.to_regclass(${quoteLiteral(written)}))`;
  });
  return await holdersWhere(
    connection,
    `WITH RECURSIVE t (oid) AS (
  SELECT coalesce(i.indrelid, n.oid) FROM (VALUES ${named.join(", ")}) AS n (oid) LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = n.oid
  UNION SELECT h.inhrelid FROM pg_catalog.pg_inherits h JOIN t ON t.oid = h.inhparent)
`,
    "l.relation IN (SELECT t.oid FROM t)",
  );
}

/** The sessions that hold locks on any table of this database: for where it is not known which one is waited for. */
export async function readAllHolders({ connection }: Pick<RunContext, "connection">): Promise<readonly LockHolder[]> {
  return await holdersWhere(connection, "", "l.relation >= 16384");
}

async function holdersWhere(connection: Connection, first: string, which: string): Promise<readonly LockHolder[]> {
  const held = `l.locktype = 'relation' AND l.granted AND ${which}
  AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())`;
  const results = await connection.send(`${first}SELECT DISTINCT l.pid, ${FACTS}, NULL FROM pg_catalog.pg_locks l
  JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
  WHERE ${held} AND l.pid <> pg_catalog.pg_backend_pid() ORDER BY 8 DESC NULLS LAST LIMIT ${MOST_HOLDERS};
${first}${PREPARED} AND EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE ${held} AND l.pid IS NULL
  AND l.virtualtransaction = '-1/' || p.transaction) ORDER BY p.prepared LIMIT ${MOST_HOLDERS};`);
  return parseHolders(results);
}

function parseHolders(results: readonly Result[]): readonly LockHolder[] {
  return results
    .flatMap(({ rows }) => rows)
    .map(([pid, user, applicationName, clientAddress, state, query, since, transactionMs, prepared]) => ({
      backendId: Number(pid),
      ...(user && { user }),
      ...(applicationName && { applicationName }),
      ...(clientAddress && { clientAddress }),
      ...(state && { state }),
      ...(query && query !== "<insufficient privilege>" && { query: withoutPasswords(query) }),
      ...(since && { since }),
      ...(transactionMs && { transactionMs: Number(transactionMs) }),
      ...(prepared && { preparedTransaction: prepared }),
    }))
    .toSorted((a, b) => (b.transactionMs ?? 0) - (a.transactionMs ?? 0))
    .slice(0, MOST_HOLDERS);
}

/** One line a holder, for people. */
export function describeHolders(holders: readonly LockHolder[]): string {
  return holders.map((holder) => `  ${describeHolder(holder)}`).join("\n");
}

function describeHolder(holder: LockHolder): string {
  const { backendId, user, applicationName, clientAddress, state, query, transactionMs, preparedTransaction } = holder;
  const who = [
    user && `user ${user}`,
    applicationName && `application ${applicationName}`,
    clientAddress && `from ${clientAddress}`,
  ].filter(Boolean);
  const open = transactionMs === undefined ? "" : `, in a transaction for ${age(transactionMs)}`;
  if (preparedTransaction !== undefined) {
    return `prepared transaction ${preparedTransaction} (${who.join(", ")})${open.replace("in a transaction", "prepared")}`;
  }
  const doing = state === undefined || state === "active" ? "" : `, ${state}`;
  const last = query === undefined ? "" : `: ${query.replaceAll(/\s+/g, " ").slice(0, 200)}`;
  return `PID ${backendId}${who.length === 0 ? "" : ` (${who.join(", ")})`}${open}${doing}${last}`;
}

function age(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** How to end the holders by hand. */
export function waysToEnd(holders: readonly LockHolder[]): string {
  const ways = holders.map(({ backendId, preparedTransaction }) =>
    preparedTransaction === undefined
      ? `SELECT pg_terminate_backend(${backendId});`
      : `ROLLBACK PREPARED ${quoteLiteral(preparedTransaction)};`,
  );
  return ways.map((way) => `  ${way}`).join("\n");
}

/** What other sessions run is shown to people and kept in logs. */
function withoutPasswords(query: string): string {
  return query.replaceAll(/(\bpassword\s*(?:=\s*)?)(?:E?'(?:[^']|'')*'?|\$(\w*)\$.*?(?:\$\2\$|$))/gis, "$1'…'");
}
