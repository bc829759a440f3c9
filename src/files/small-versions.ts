import { isTimestampVersion, nextTimestampVersion } from "./timestamp-version.ts";

/** A file as far as its place in the order goes. */
export interface VersionedFile {
  readonly version: bigint;
  readonly name: string;
  readonly path: string;
}

/** A small number beside timestamps, and the name that puts the file last, where its author expects it. */
export interface SmallVersion {
  readonly file: VersionedFile;
  readonly newName: string;
}

/** Versions from here on are dates of some kind, not numbers that were counted. */
const COUNTED_BELOW = 1_000_000n;

/**
 * Finds small numbers beside timestamps (`005_add_slots.sql` among `2025…_*.sql`): they sort before all timestamps, so they
 * run first on a new database and are missing on an old one. Not meant are projects that went from numbers to timestamps:
 * a gap-free run from 1, or more numbers than timestamps.
 */
export function findSmallVersions(files: readonly VersionedFile[]): readonly SmallVersion[] {
  const small = files.filter(({ version }) => version < COUNTED_BELOW).toSorted(byVersion);
  if (small.length === 0) return [];
  const timestamps = files.filter(({ version }) => isTimestampVersion(version));
  if (timestamps.length === 0 || small.length > timestamps.length) return [];
  let counted = 0n;
  let newest = files.reduce((highest, { version }) => (version > highest ? version : highest), 0n);
  const found: SmallVersion[] = [];
  for (const file of small) {
    if (file.version === counted + 1n) {
      counted = file.version;
      continue;
    }
    newest = nextTimestampVersion(newest);
    found.push({ file, newName: `${newest}${file.name.slice(file.name.indexOf("_"))}` });
  }
  return found;
}

/** Orders files by ascending version. */
export function byVersion(left: VersionedFile, right: VersionedFile): number {
  return left.version < right.version ? -1 : left.version > right.version ? 1 : 0;
}
