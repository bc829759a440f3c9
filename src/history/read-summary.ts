import type { Connection } from "../database/connection.ts";
import { PostgresError } from "../database/postgres-error.ts";
import { quoteLiteral } from "../database/quote.ts";
import { DIGEST_COLUMNS } from "./digest.ts";
import { type DatabaseState, readState } from "./read-state.ts";
import type { TableName } from "./table-name.ts";

/**
 * The quickest look: one plain SELECT. What a new session of the server meets for the first time is what costs, so it asks
 * for as few different things as it can, and for no DO block, which would load PL/pgSQL. `query_to_xml` runs a query given as
 * text, so a missing table is no error.
 */
function summaryMessage(name: TableName, role: string | undefined): string {
  const schema = name.schema === undefined ? "pg_catalog.current_schema()" : quoteLiteral(name.schema);
  const table = `pg_catalog.format('%I.%I', ${schema}, ${quoteLiteral(name.name)})`;
  const query = `${quoteLiteral(`SELECT ${DIGEST_COLUMNS} FROM `)} OPERATOR(pg_catalog.||) ${table}`;
  const become = role === undefined ? "" : `SELECT pg_catalog.set_config('role', ${quoteLiteral(role)}, true);\n`;
  return `${become}SELECT ${schema}, pg_catalog.pg_backend_pid(), pg_catalog.current_setting('server_version'),
  pg_catalog.clock_timestamp(),
  CASE WHEN pg_catalog.to_regclass(${table}) IS NOT NULL THEN pg_catalog.query_to_xml(${query}, false, false, '') END`;
}

/**
 * Reads the history in one round trip: its digest alone where that is the expected one (`rows` is then undefined). One that
 * differs is read in full by a second look; so is what the quick look cannot cope with, such as another tool's table. What is
 * expected need not be known yet when the question goes out.
 */
export async function readSummary(
  connection: Connection,
  name: TableName,
  expected: Promise<ExpectedDigest>,
  role: string | undefined,
): Promise<DatabaseState> {
  const [summary, { ofTexts, ofFiles }] = await Promise.all([quickLook(connection, name, role), expected]);
  if (summary !== undefined && !summary.exists) return summary;
  if (summary?.textDigest !== undefined && summary.textDigest === ofTexts) return summary;
  const unlessDigest = ofFiles();
  if (summary !== undefined && summary.digest === unlessDigest) return summary;
  return readState(connection, name, { unlessDigest }, role);
}

/** What the history answers when all files are applied as they are: by their bare texts, or by their tokens. */
export interface ExpectedDigest {
  /** Undefined where the texts are not to be trusted unparsed. */
  readonly ofTexts: string | undefined;
  /** Parses the files. */
  readonly ofFiles: () => string;
}

async function quickLook(
  connection: Connection,
  name: TableName,
  role: string | undefined,
): Promise<DatabaseState | undefined> {
  try {
    const results = await connection.send(summaryMessage(name, role));
    return parseSummary(name, results.at(-1)?.rows[0] ?? []);
  } catch (error) {
    // No schema, another tool's columns, no right to read, a server without the function: the full look tells which.
    if (error instanceof PostgresError) return undefined;
    throw error;
  }
}

function parseSummary(name: TableName, row: readonly (string | null)[]): DatabaseState | undefined {
  const [schema, backendId, version, now, found] = row;
  if (schema === null || schema === undefined) return undefined;
  const exists = found !== null;
  const [rows, dirty = "0"] = [numberIn("n", found), numberIn("d", found)];
  if (exists && rows === undefined) return undefined;
  const digestOf = (sum: string): string | undefined =>
    exists ? `${rows}:${dirty}:${numberIn(sum, found) ?? 0}` : undefined;
  return {
    serverVersion: version?.split(" ")[0] ?? "",
    serverVersionNumber: versionNumber(version ?? ""),
    backendId: Number(backendId),
    inRecovery: undefined,
    readOnly: undefined,
    now: now ?? "",
    table: { schema, name: name.name },
    exists,
    foreignColumns: undefined,
    layout: undefined,
    elsewhere: [],
    digest: digestOf("t"),
    textDigest: digestOf("s"),
    newest: BigInt(numberIn("v", found) ?? 0),
    applied: Number(rows ?? 0) - Number(dirty),
    rows: exists ? undefined : [],
  };
}

/** A column of the answer; a NULL has no element. */
function numberIn(column: string, answer: string | null | undefined): string | undefined {
  return new RegExp(`<${column}>(-?\\d+)</${column}>`).exec(answer ?? "")?.[1];
}

/** `180004` for `18.4 (Debian 18.4-1)`, `190000` for `19beta1`. */
function versionNumber(version: string): number {
  const [, major = 0, minor = 0] = /^(\d+)(?:\.(\d+))?/.exec(version) ?? [];
  return Number(major) * 10_000 + Number(minor);
}
