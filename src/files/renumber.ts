import type { VersionedFile } from "./small-versions.ts";
import { byVersion, findSmallVersions } from "./small-versions.ts";
import { isTimestampVersion, nextTimestampVersion, timestampVersion } from "./timestamp-version.ts";

/** A file that gets another name in the same folder. */
export interface Rename {
  readonly from: string;
  readonly to: string;
}

/** What `fix` would do. */
export interface Renumbering {
  /**
   * `last`: small numbers beside timestamps become timestamps. `sequential`: timestamps become numbers, as in goose.
   * `missing`: what was never applied gets versions after the newest one.
   */
  readonly kind: "last" | "sequential" | "missing";
  readonly renames: readonly Rename[];
}

/**
 * Plans new names: where small numbers stand beside timestamps by mistake, these become timestamps after the newest; else
 * all timestamps become the numbers after the last number, in their order.
 */
export function planRenumbering(files: readonly VersionedFile[]): Renumbering {
  const small = findSmallVersions(files);
  if (small.length > 0) {
    return { kind: "last", renames: small.map(({ file, newName }) => ({ from: file.name, to: newName })) };
  }
  let number = 0n;
  for (const { version } of files) if (!isTimestampVersion(version) && version > number) number = version;
  const renames = files
    .filter(({ version }) => isTimestampVersion(version))
    .toSorted(byVersion)
    .map(({ name }) => {
      number++;
      return { from: name, to: `${number.toString().padStart(5, "0")}${name.slice(name.indexOf("_"))}` };
    });
  return { kind: "sequential", renames };
}

/**
 * Plans versions after the newest one, of the files and of the database, for files that came too late; they keep their
 * order. Timestamps are from now on, a second apart; numbers go on, as wide as the newest one.
 */
export function planMissing(
  files: readonly VersionedFile[],
  missing: ReadonlySet<bigint>,
  newestApplied: bigint,
  now: Date,
): Renumbering {
  const newest = files.toSorted(byVersion).at(-1);
  let version = newest === undefined || newestApplied > newest.version ? newestApplied : newest.version;
  const areTimestamps = isTimestampVersion(version);
  // So the first one is that of now, or the second after a newest that is ahead of it.
  const before = timestampVersion(new Date(now.getTime() - 1000));
  if (areTimestamps && before > version) version = before;
  const width = areTimestamps ? 0 : (newest?.name.indexOf("_") ?? 0);
  const renames = files
    .filter((file) => missing.has(file.version))
    .toSorted(byVersion)
    .map(({ name }) => {
      version = areTimestamps ? nextTimestampVersion(version) : version + 1n;
      return { from: name, to: `${version.toString().padStart(width, "0")}${name.slice(name.indexOf("_"))}` };
    });
  return { kind: "missing", renames };
}
