import type { HistoryRow } from "../history.ts";
import { describeTable } from "../table-name.ts";
import { adoptError } from "./adopt-error.ts";
import type { AdoptedVersion, Adoption, AdoptionInput } from "./adoption.ts";
import { checkBeyondFiles, checkTimes } from "./check-adoption.ts";
import { type Mapping, mapVersions } from "./known-files.ts";
import type { AppliedKey, ToolFile } from "./tool.ts";

/** What stands in the history as the source of a version whose time of application nobody knows. */
export function sourceOf(tool: string, appliedAt: string | undefined): string {
  return appliedAt === undefined ? `${tool} (time of adoption)` : tool;
}

/** Whether a row of the history was adopted from a tool. */
export function isAdoptedFrom(tool: string, { source }: HistoryRow): boolean {
  return source === sourceOf(tool, "") || source === sourceOf(tool, undefined);
}

/**
 * Plans what is taken over; everything is checked.
 *
 * @throws HistoryError for a history that lies, is half way through a migration, or has a version that is dirty in ours;
 * FileError for files that cannot be used
 */
export function planAdoption(input: AdoptionInput): Adoption {
  const { chosen, rows, files, history, table, ignoreTimes } = input;
  const { tool } = chosen;
  const known =
    files.kind === "tool"
      ? { keys: files.read.files.map(({ key }) => key), files: files.read.files }
      : { keys: files.migrations.map(({ version }) => String(version)), files: [] };
  const { applied: ofTool, remarks } = tool.interpret(rows, known);
  const mapping = mapVersions(
    tool,
    ofTool.map(({ key }) => key),
    files,
    input.readOptions,
  );
  const versions = ofTool.map(({ key, appliedAt: kept }): AdoptedVersion => {
    const version = mapping.versionOf(key)?.version as bigint;
    const migration = mapping.migrations.get(version);
    const appliedAt = ignoreTimes ? undefined : kept;
    const name = migration?.name ?? mapping.code.get(version) ?? key;
    return { version, name, key, appliedAt, migration, source: sourceOf(tool.name, appliedAt) };
  });
  checkBeyondFiles(input, versions, mapping);
  checkTimes(input, versions);
  // A try that failed was rolled back: its version counts as pending.
  const present = new Map(history.filter(({ state }) => state !== "failed").map((row) => [row.version, row]));
  checkDirty(versions, present);
  const taken = new Set(versions.map(({ version }) => version));
  const fresh = versions.filter(({ version }) => !present.has(version));
  const applied = history.filter(({ dirty }) => !dirty);
  const undone = applied.filter(
    (row) => (isAdoptedFrom(tool.name, row) || input.shared.has(row.version)) && !taken.has(row.version),
  );
  checkNotEmptied(input, versions, undone);
  return {
    tool: tool.name,
    from: describeTable(chosen.table),
    table: describeTable(table),
    versions: fresh,
    known: versions.length - fresh.length,
    undone: undone.map(named),
    pending: [...mapping.migrations.values()]
      .filter(({ version }) => !taken.has(version) && !present.has(version))
      .map(named),
    folder: input.folder,
    rewritten: mapping.rewritten,
    remarks: [
      ...remarks,
      ...(files.kind === "tool" ? files.read.remarks : []),
      ...aboutChanged(known.files, ofTool),
      ...aboutCode(mapping, taken),
      ...aboutTimes(input, fresh),
    ],
    bundle: mapping.bundle,
    shared: applied
      .filter((row) => taken.has(row.version) && !isAdoptedFrom(tool.name, row))
      .map(({ version }) => version),
  };
}

function named({ version, name }: { readonly version: bigint; readonly name: string }) {
  return { version, name };
}

/** A table that has nothing any more was cleaned up, which rolls nothing back. @throws HistoryError */
function checkNotEmptied(
  { chosen: { tool, table } }: AdoptionInput,
  versions: readonly AdoptedVersion[],
  undone: readonly HistoryRow[],
): void {
  if (versions.length > 0 || undone.length === 0) return;
  throw adoptError(
    `${tool.name}'s table ${describeTable(table)} has nothing any more, and gander's history has ${undone.length} versions that were adopted from it`,
    "If somebody has emptied it because it is needed no more: drop it. gander's history stays as it is.",
  );
}

/** @throws HistoryError */
function checkDirty(versions: readonly AdoptedVersion[], present: ReadonlyMap<bigint, HistoryRow>): void {
  const dirty = versions.filter(({ version }) => present.get(version)?.dirty === true);
  if (dirty.length === 0) return;
  throw adoptError(
    `${dirty.map(({ name }) => name).join(", ")} is applied by the other tool, and dirty in gander's own history`,
    `Look at it first: gander repair ${dirty[0]?.version}; gander repair ${dirty[0]?.version} --mark-rolled-back lets the other tool's word count.`,
    dirty.map(({ version }) => version),
  );
}

function aboutChanged(files: readonly ToolFile[], applied: readonly AppliedKey[]): readonly string[] {
  const checksums = new Map(files.map(({ key, checksum }) => [key, checksum]));
  const changed = applied.filter(({ key, checksum }) => {
    const now = checksums.get(key);
    return checksum !== undefined && now !== undefined && now !== checksum;
  });
  return changed.map(({ key }) => `${key} has changed since it was applied: its text is taken as it is now`);
}

function aboutCode({ code }: Mapping, taken: ReadonlySet<bigint>): readonly string[] {
  const left = [...code].filter(([version]) => !taken.has(version)).map(([, name]) => name);
  return left.map(
    (name) => `${name} is not applied and no SQL: gander cannot run it; write it as SQL, or apply it before`,
  );
}

function aboutTimes(
  { chosen: { tool }, ignoreTimes }: AdoptionInput,
  fresh: readonly AdoptedVersion[],
): readonly string[] {
  const unknown = fresh.filter(({ appliedAt }) => appliedAt === undefined).length;
  const stands = "the time of adoption stands for it, and the history's column source says so";
  if (unknown > 0 && unknown === fresh.length) {
    return [
      ignoreTimes
        ? `${tool.name}'s times are ignored: ${stands}`
        : `${tool.name} has not kept when they were applied: ${stands}`,
    ];
  }
  return [
    ...(unknown > 0 ? [`of ${unknown} it is not known when they were applied: ${stands}`] : []),
    ...(tool.times === "local" && fresh.length > 0
      ? [`${tool.name} keeps local times without a zone: they are read in the session's time zone`]
      : []),
  ];
}
