import type { VersionedFile } from "./small-versions.ts";
import { byVersion, findSmallVersions } from "./small-versions.ts";
import { isTimestampVersion } from "./timestamp-version.ts";

/** A file that gets another name in the same folder. */
export interface Rename {
  readonly from: string;
  readonly to: string;
}

/** What `fix` would do. */
export interface Renumbering {
  /** `last`: small numbers beside timestamps become timestamps. `sequential`: timestamps become numbers, as in goose. */
  readonly kind: "last" | "sequential";
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
