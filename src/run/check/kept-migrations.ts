import { quoteLiteral } from "../../database/quote.ts";
import { FileError, HistoryError } from "../../errors.ts";
import type { Migration } from "../../files/migration.ts";
import { inspectMigration } from "../../files/parse-migration.ts";
import type { ReadOptions } from "../../files/read-migrations.ts";
import type { HistoryRow } from "../../history/history.ts";
import { quoteLogTable, quoteTable } from "../../history/table-name.ts";
import type { RunContext } from "../session/run-context.ts";

/**
 * The migrations as they ran, of versions whose file is gone or has changed since: from the texts that the history keeps.
 * Each is held against the checksum that the log noted when it ran, so that nobody who can write to the history's table can
 * have SQL of his own run.
 *
 * @throws HistoryError for a text that is not what the log says ran; FileError for one that cannot be used
 */
export async function readKept(
  context: Pick<RunContext, "connection" | "table">,
  rows: readonly HistoryRow[],
  migrations: readonly Migration[],
  { env = process.env, allowUnsetEnv = false }: ReadOptions,
): Promise<ReadonlyMap<bigint, Migration>> {
  const files = new Map(migrations.map(({ version, checksum }) => [version, checksum]));
  const wanted = rows.filter(({ version, checksum }) => checksum !== undefined && files.get(version) !== checksum);
  const kept = new Map<bigint, Migration>();
  for (const { version, name, text, logged } of await readTexts(context, wanted)) {
    const { migration, problems } = inspectMigration({ name, path: name, text, env, allowUnsetEnv });
    if (migration === undefined)
      throw new FileError(`the text that the history keeps of ${name} cannot be used`, problems);
    if (migration.checksum !== logged || migration.version !== version)
      throw alteredError(context, version, name, logged);
    kept.set(version, migration);
  }
  return kept;
}

interface KeptText {
  readonly version: bigint;
  readonly name: string;
  readonly text: string;
  /** The checksum of what ran; undefined where the log has nothing of it. */
  readonly logged: string | undefined;
}

async function readTexts(
  { connection, table }: Pick<RunContext, "connection" | "table">,
  rows: readonly HistoryRow[],
): Promise<readonly KeptText[]> {
  if (rows.length === 0) return [];
  const versions = quoteLiteral(`{${rows.map(({ version }) => version).join(",")}}`);
  const [result] = await connection.send(
    `SELECT h.version_id, h.migration_text, (SELECT l.checksum FROM ${quoteLogTable(table)} l
  WHERE l.version_id = h.version_id AND l.checksum IS NOT NULL AND l.event IN ('applied', 'accepted', 'adopted', 'baselined', 'repaired')
  ORDER BY l.id DESC LIMIT 1)
FROM ${quoteTable(table)} h WHERE h.version_id = ANY (${versions}::bigint[]) AND h.migration_text IS NOT NULL`,
  );
  const names = new Map(rows.map(({ version, name }) => [version, name]));
  return (result?.rows ?? []).map(([id, text, logged]) => {
    const version = BigInt(id ?? 0);
    return { version, name: names.get(version) ?? String(version), text: text ?? "", logged: logged ?? undefined };
  });
}

function alteredError(
  { table }: Pick<RunContext, "table">,
  version: bigint,
  name: string,
  logged: string | undefined,
): HistoryError {
  const said =
    logged === undefined ? "the log does not say that it ran" : `the log says that one with the checksum ${logged} ran`;
  return new HistoryError(
    "GANDER_HISTORY_ALTERED",
    `the text that the history keeps of ${name} is not what ran: ${said}. Nothing of it was run`,
    {
      hint: [
        `Somebody has written to ${quoteTable(table)} or its log by hand. Look at both:  gander log ${version}`,
        "Then bring the file that was applied back into the folder; its own Down is used where it is what the history says ran.",
      ].join("\n"),
      versions: [version],
    },
  );
}
