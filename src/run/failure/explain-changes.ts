import { HistoryError } from "../../errors.ts";
import type { Migration } from "../../files/migration.ts";
import { quoteTable } from "../../history/table-name.ts";
import type { RunContext } from "../session/run-context.ts";

const CONTEXT_LINES = 2;
const MOST_FILES = 3;
const MOST_LINES = 30;

/** Adds to a refusal over changed files what has changed in them, as a diff: the history keeps the texts that ran. */
export async function explainChanges<T>(
  context: RunContext,
  migrations: readonly Migration[],
  work: () => T,
): Promise<T> {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof HistoryError) || error.code !== "GANDER_HISTORY_CHANGED") throw error;
    const diffs = await readDiffs(context, migrations, error.versions);
    if (diffs.length === 0) throw error;
    const { message, hint = "", versions } = error;
    throw new HistoryError("GANDER_HISTORY_CHANGED", [`${message}:`, ...diffs].join("\n"), { hint, versions });
  }
}

/** What has changed in files since they were applied, each as lines of a diff; nothing for a version without a kept text. */
export async function readDiffs(
  { connection, table }: Pick<RunContext, "connection" | "table">,
  migrations: readonly Migration[],
  versions: readonly bigint[],
): Promise<readonly string[]> {
  const shown = migrations.filter(({ version }) => versions.includes(version)).slice(0, MOST_FILES);
  const [result] = await connection.send(
    `SELECT version_id, migration_text FROM ${quoteTable(table)} WHERE version_id IN (${versions.join(", ")})`,
  );
  const texts = new Map(result?.rows.map(([version, text]) => [BigInt(version ?? 0), text]));
  // Loaded when first needed: a start that goes well needs no diff.
  const { structuredPatch } = await import("diff");
  return shown.flatMap(({ version, path, text }) => {
    const applied = texts.get(version);
    if (typeof applied !== "string") return [];
    const plain = (content: string): string => content.replaceAll("\r\n", "\n").replace(/^\uFEFF/, "");
    const { hunks } = structuredPatch("", "", plain(applied), plain(text), "", "", { context: CONTEXT_LINES });
    const lines = hunks.flatMap(({ oldStart, newStart, lines: changed }) => [
      `@@ line ${oldStart} as applied, line ${newStart} now @@`,
      ...changed,
    ]);
    const left = lines.length - MOST_LINES;
    return [
      [
        `--- ${path} as applied`,
        `+++ ${path} now`,
        ...lines.slice(0, MOST_LINES),
        ...(left > 0 ? [`… and ${left} more lines`] : []),
      ].join("\n"),
    ];
  });
}
