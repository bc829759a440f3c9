import type { Connection } from "../database/connection.ts";
import { PostgresError } from "../database/postgres-error.ts";
import { quoteLiteral } from "../database/quote.ts";
import { DIGEST_SQL, TEXT_DIGEST_SQL } from "./digest.ts";
import { type DatabaseState, readState } from "./read-state.ts";
import type { TableName } from "./table-name.ts";

const NEWEST = "coalesce(pg_catalog.max(version_id) FILTER (WHERE NOT is_dirty), 0)";

/**
 * The quickest look: one plain SELECT. A new session of the server would load PL/pgSQL for a DO block, which takes longer
 * than all the rest. `query_to_xml` runs a query given as text, so a missing table is no error; and the digest over tokens,
 * which costs more, is asked for only where the one over texts is not the expected one.
 */
function summaryMessage(name: TableName, expectedTexts: string | undefined, role: string | undefined): string {
  const schema = name.schema === undefined ? "pg_catalog.current_schema()" : quoteLiteral(name.schema);
  const table = `pg_catalog.format('%I.%I', ${schema}, ${quoteLiteral(name.name)})`;
  const ask = (expression: string): string =>
    `pg_catalog.query_to_xml(${quoteLiteral(`SELECT ${expression} AS s FROM `)} OPERATOR(pg_catalog.||) ${table}, false, false, '')::text`;
  const texts = ask(`pg_catalog.concat(${TEXT_DIGEST_SQL}, ' ', ${NEWEST})`);
  const seen = quoteLiteral(`<s>${expectedTexts ?? "?"} `);
  const become = role === undefined ? "" : `SELECT pg_catalog.set_config('role', ${quoteLiteral(role)}, true);\n`;
  return `${become}SELECT ${schema}, pg_catalog.pg_backend_pid(), pg_catalog.pg_is_in_recovery(),
  pg_catalog.current_setting('transaction_read_only'), pg_catalog.current_setting('server_version'),
  pg_catalog.current_setting('server_version_num'), pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()), t.x,
  CASE WHEN pg_catalog.strpos(t.x, ${seen}) OPERATOR(pg_catalog.=) 0 THEN ${ask(DIGEST_SQL)} END
FROM (SELECT CASE WHEN pg_catalog.to_regclass(${table}) IS NULL THEN NULL ELSE ${texts} END OFFSET 0) AS t(x)`;
}

/**
 * Reads the history in one round trip: its digest alone where that is the expected one (`rows` is then undefined). One that
 * differs is read in full by a second look; so is what the quick look cannot cope with, such as another tool's table.
 * `known` is what is expected, where it is known when the question goes out.
 */
export async function readSummary(
  connection: Connection,
  name: TableName,
  known: ExpectedDigest | undefined,
  expected: Promise<ExpectedDigest>,
  role: string | undefined,
): Promise<DatabaseState> {
  const [summary, { ofTexts, ofFiles }] = await Promise.all([
    quickLook(connection, name, known?.ofTexts, role),
    expected,
  ]);
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
  expectedTexts: string | undefined,
  role: string | undefined,
): Promise<DatabaseState | undefined> {
  try {
    const results = await connection.send(summaryMessage(name, expectedTexts, role));
    return parseSummary(name, results.at(-1)?.rows[0] ?? []);
  } catch (error) {
    // No schema, another tool's columns, no right to read, a server without the function: the full look tells which.
    if (error instanceof PostgresError) return undefined;
    throw error;
  }
}

function parseSummary(name: TableName, row: readonly (string | null)[]): DatabaseState | undefined {
  const [schema, backendId, inRecovery, readOnly, version, versionNumber, now, texts, tokens] = row;
  if (schema === null || schema === undefined) return undefined;
  const exists = texts !== null;
  const [, textDigest, newest] = /<s>(\S+) (\S+)<\/s>/.exec(texts ?? "") ?? [];
  const digest = /<s>(\S+)<\/s>/.exec(tokens ?? "")?.[1];
  if (exists && textDigest === undefined) return undefined;
  const [rows = 0, dirty = 0] = (textDigest ?? "0:0").split(":").map(Number);
  return {
    serverVersion: version?.split(" ")[0] ?? "",
    serverVersionNumber: Number(versionNumber),
    backendId: Number(backendId),
    inRecovery: inRecovery === "t",
    readOnly: readOnly === "on",
    now: new Date(Number(now) * 1000).toISOString(),
    table: { schema, name: name.name },
    exists,
    foreignColumns: undefined,
    layout: undefined,
    elsewhere: [],
    digest,
    textDigest,
    newest: BigInt(newest ?? 0),
    applied: rows - dirty,
    rows: exists ? undefined : [],
  };
}
