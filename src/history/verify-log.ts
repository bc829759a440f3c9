import type { Connection } from "../database/connection.ts";
import { type ChainResult, type ChainRow, createChainCheck } from "./check-chain.ts";
import type { HistoryTable } from "./history.ts";
import { hashedTextSql } from "./log-chain.ts";
import { askLog, parseEntry } from "./read-log.ts";
import { quoteLogTable } from "./table-name.ts";

const PAGE = 2_000;

/** Recomputes the hashes of the whole log, page by page. `head`: a hash that was kept elsewhere and must still be in it. */
export async function verifyLog(
  connection: Connection,
  table: HistoryTable,
  head: string | undefined,
  role: string | undefined,
): Promise<ChainResult> {
  const check = createChainCheck();
  let from: bigint | undefined;
  for (;;) {
    const rows = await readPage(connection, table, from, role);
    const last = rows.at(-1)?.id;
    // Of one id there is one row, unless somebody has taken the primary key away: then they stay together.
    const isMore: boolean = rows.length === PAGE && rows[0]?.id !== last;
    for (const row of rows) if (!isMore || row.id !== last) check.look(row);
    if (!isMore) return check.finish(head);
    from = last;
  }
}

async function readPage(
  connection: Connection,
  table: HistoryTable,
  from: bigint | undefined,
  role: string | undefined,
): Promise<readonly ChainRow[]> {
  const where = from === undefined ? "" : `WHERE l.id >= ${from}`;
  const rows = await askLog(
    connection,
    table,
    `SELECT pg_catalog.to_jsonb(l), l.id, l.version_id, pg_catalog.to_json(l."timestamp") #>> '{}', l.layout,
  pg_catalog.encode(pg_catalog.convert_to(${hashedTextSql("l")}, 'UTF8'), 'hex')
FROM ${quoteLogTable(table)} l ${where} ORDER BY l.id LIMIT ${PAGE}`,
    role,
  );
  return rows.map((row) => ({
    ...parseEntry(row),
    layout: Number(row[4]),
    hashed: Buffer.from(row[5] ?? "", "hex"),
  }));
}
