import type { AdoptedVersion, AdoptionInput } from "./adoption.ts";
import { adoptError } from "./adopt-error.ts";
import type { Mapping } from "./known-files.ts";

/** Clocks differ; a local time without a zone may be off by what two zones differ. */
const TOLERANCE_MS = { zoned: 10 * 60_000, local: 26 * 3_600_000, none: Number.POSITIVE_INFINITY } as const;
const MOST_NAMES = 5;

/**
 * Versions without a file that are newer than every file mean that these are not the database's files, or older ones.
 *
 * @throws HistoryError
 */
export function checkBeyondFiles(
  { chosen: { tool, table }, files, withoutFiles }: AdoptionInput,
  versions: readonly AdoptedVersion[],
  { migrations, code }: Mapping,
): void {
  if (withoutFiles || (tool.code && files.kind === "ours")) return;
  const newest = [...migrations.keys(), ...code.keys()].reduce(
    (high, version) => (version > high ? version : high),
    0n,
  );
  const beyond = versions.filter(({ version }) => version > newest);
  if (beyond.length === 0) return;
  const noFiles = newest === 0n && files.kind === "ours" && tool.readFiles !== undefined;
  throw adoptError(
    noFiles
      ? `${tool.name} has applied ${versions.length} migrations, and there is no file of them in the migrations folder`
      : `${table.name} has ${beyond.length === 1 ? "a version that is" : `${beyond.length} versions that are`} newer than every file: ${names(beyond)}`,
    [
      noFiles
        ? `Give ${tool.name}'s folder, to be rewritten into goose's format:  --from FOLDER --to FOLDER`
        : "The files are older than the database, or another database's: use the newer ones (--dir, or --from).",
      "To take such versions over without a file all the same:  --without-files",
    ].join("\n"),
    beyond.map(({ version }) => version),
  );
}

/** @throws HistoryError for times in the future */
export function checkTimes({ chosen: { tool }, now }: AdoptionInput, versions: readonly AdoptedVersion[]): void {
  const latest = now.getTime() + TOLERANCE_MS[tool.times];
  const wrong = versions.filter(({ appliedAt }) => appliedAt !== undefined && !(Date.parse(appliedAt) <= latest));
  if (wrong.length === 0) return;
  throw adoptError(
    `${tool.name} says that ${wrong.length === 1 ? "a version was" : `${wrong.length} versions were`} applied in the future: ${names(wrong, true)}`,
    `It is ${now.toISOString()} by the server's clock. Mend that clock, or the times in ${tool.name}'s table; or take the versions over without their times:  --ignore-times`,
    wrong.map(({ version }) => version),
  );
}

function names(versions: readonly AdoptedVersion[], withTimes = false): string {
  const shown = versions
    .slice(0, MOST_NAMES)
    .map(({ name, appliedAt }) => (withTimes ? `${name} (${appliedAt})` : name))
    .join(", ");
  return versions.length > MOST_NAMES ? `${shown} and ${versions.length - MOST_NAMES} more` : shown;
}
