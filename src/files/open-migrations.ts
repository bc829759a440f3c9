import { join, sep } from "node:path";
import type { FileProblem } from "../errors.ts";
import type { BundledFile, MigrationsInput } from "../options.ts";
import { fingerprintFile, fingerprintText } from "./fingerprint.ts";
import { folderPath } from "./folder-path.ts";
import { listFolder } from "./list-folder.ts";
import { readText } from "./read-text.ts";
import { SUM_NAME } from "./sum/sum-line.ts";

/** A file of a folder or a bundle, read when first needed and once. */
export interface OpenFile {
  readonly name: string;
  readonly path: string;
  read(): string | FileProblem;
  /** Stands for a version with the file's text, which is read for it alone unless it is known; undefined where it cannot be read. */
  fingerprint(version: bigint): bigint | undefined;
}

/** A folder or a bundle whose names are known. */
export interface OpenMigrations {
  /** The folder as it was given, or `the bundle`. */
  readonly description: string;
  readonly files: readonly OpenFile[];
  /** The folder's `gander.sum`, where it has one; a bundle has none. */
  readonly sum: OpenFile | undefined;
}

/** Lists a folder or a bundle. @throws FileError where there is no folder; UsageError for a URL that is no file URL */
export function openMigrations(input: MigrationsInput): OpenMigrations {
  if (typeof input !== "string" && !(input instanceof URL)) {
    return { description: "the bundle", files: input.map(openBundled), sum: undefined };
  }
  const folder = folderPath(input);
  const before = join(folder, sep);
  const files = listFolder(folder)
    .toSorted()
    .map((name) => openFile(name, before + name));
  return { description: folder, files, sum: files.find(({ name }) => name === SUM_NAME) };
}

function openFile(name: string, path: string): OpenFile {
  let text: string | FileProblem | undefined;
  return {
    name,
    path,
    read: () => (text ??= readText(path, path)),
    fingerprint: (version) =>
      typeof text === "string" ? fingerprintText(version, text) : fingerprintFile(path, version),
  };
}

function openBundled({ name, text }: BundledFile): OpenFile {
  const base = name.slice(Math.max(name.lastIndexOf("/"), name.lastIndexOf("\\")) + 1);
  return { name: base, path: name, read: () => text, fingerprint: (version) => fingerprintText(version, text) };
}
