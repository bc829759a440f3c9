import type { Connection } from "../../database/connection.ts";
import { quoteLiteral } from "../../database/quote.ts";
import type { HistoryRow } from "../../history/history.ts";
import type { StandIn } from "../../history/writer.ts";

/**
 * Begins a statement that goes alone through a pooler, where its session cannot be told from others: as long as the server
 * is at work on it, its runner counts as alive, whatever has become of the client.
 */
export function statementTag(version: bigint, { backendId, backendStart }: StandIn): string {
  return `/* gander ${version} ${backendId} ${Date.parse(backendStart)} */ `;
}

/**
 * Whether whoever wrote the row may still be at work: its session exists (a reused process id has another start), its lease
 * is not over, or the server is at work on a statement of its.
 */
export async function isAlive(connection: Connection, { runner, leaseUntil, version }: HistoryRow): Promise<boolean> {
  if (runner === undefined || connection.driver === "pglite") return false;
  const { backendId, backendStart } = runner;
  const activity = "SELECT 1 FROM pg_catalog.pg_stat_get_activity(NULL) WHERE";
  const tag = statementTag(version, { backendId, backendStart, leaseMs: 0 });
  const signs = [
    `${activity} pid = ${backendId} AND backend_start = ${quoteLiteral(backendStart)}::timestamptz`,
    ...(leaseUntil === undefined
      ? []
      : [
          `SELECT 1 WHERE ${quoteLiteral(leaseUntil.toISOString())}::timestamptz > pg_catalog.clock_timestamp()`,
          `${activity} state = 'active' AND pg_catalog.starts_with(query, ${quoteLiteral(tag)})`,
        ]),
  ];
  const [result] = await connection.send(signs.join("\nUNION ALL "));
  return (result?.rows.length ?? 0) > 0;
}
