import { HistoryError } from "../../errors.ts";
import { classifyFile } from "../../files/classify-file.ts";
import { folderPath } from "../../files/folder-path.ts";
import { listVersionedFiles } from "../../files/versioned-files.ts";
import type { Origin, Origins } from "../../git/read-origins.ts";
import type { MigrationsInput } from "../../options.ts";

/**
 * Adds to the error about missing versions which commit brought each of their files, and whose it is, as far as git knows
 * it; any other error stays as it is.
 */
export async function tellOrigins(error: unknown, migrations: MigrationsInput): Promise<unknown> {
  if (!(error instanceof HistoryError) || error.code !== "GANDER_HISTORY_MISSING") return error;
  if (typeof migrations !== "string" && !(migrations instanceof URL)) return error;
  const names = readNames(folderPath(migrations), error.versions);
  const { readOrigins } = await import("../../git/read-origins.ts");
  const lines = linesOf(names, await readOrigins(folderPath(migrations), names));
  if (lines.length === 0) return error;
  const { code, message, hint, versions } = error;
  return new HistoryError(code, [message, ...lines].join("\n"), { versions, ...(hint !== undefined && { hint }) });
}

function readNames(folder: string, versions: readonly bigint[]): readonly string[] {
  try {
    return listVersionedFiles(folder)
      .filter(({ name, version }) => classifyFile(name).kind === "migration" && versions.includes(version))
      .map(({ name }) => name);
  } catch {
    // The folder is gone since it was read.
    return [];
  }
}

function linesOf(names: readonly string[], { byName, gap }: Origins): readonly string[] {
  const known = names.flatMap((name) => {
    const origin = byName.get(name);
    return origin === undefined ? [] : [`  ${name} came with ${lineOf(origin)}`];
  });
  const isWorthTelling = gap?.kind === "shallow" || gap?.kind === "failed";
  return isWorthTelling
    ? [...known, `  who brought ${known.length > 0 ? "the others" : "them"} is not known: ${gap.message}`]
    : known;
}

function lineOf({ commit, author, date, subject }: Origin): string {
  const day = Number.isNaN(date.getTime()) ? "" : ` on ${date.toISOString().slice(0, 10)}`;
  return `${commit.slice(0, 10)} by ${author}${day}: ${subject}`;
}
