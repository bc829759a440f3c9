import { join, sep } from "node:path";
import type { FileProblem } from "../errors.ts";
import type { BundledFile, MigrationsInput } from "../options.ts";
import { fingerprintFile, fingerprintText } from "./fingerprint.ts";
import { folderPath } from "./folder-path.ts";
import { listFolder } from "./list-folder.ts";
import { readText } from "./read-text.ts";

/** A file of a folder or a bundle, read when first needed and once. */
export interface OpenFile {
  readonly name: string;
  readonly path: string;
  read(): string | FileProblem;
  /** Stands for a version with the file's text, which it reads anew; undefined where it cannot be read. */
  fingerprint(version: bigint): bigint | undefined;
}

/** A folder or a bundle whose names are known. */
export interface OpenMigrations {
  /** The folder as it was given, or `the bundle`. */
  readonly description: string;
  readonly files: readonly OpenFile[];
}

/** Lists a folder or a bundle. @throws FileError where there is no folder; UsageError for a URL that is no file URL */
export function openMigrations(input: MigrationsInput): OpenMigrations {
  if (typeof input !== "string" && !(input instanceof URL)) {
    return { description: "the bundle", files: input.map(openBundled) };
  }
  const folder = folderPath(input);
  const before = join(folder, sep);
  const files = listFolder(folder)
    .toSorted()
    .map((name) => openFile(name, before + name));
  return { description: folder, files };
}

function openFile(name: string, path: string): OpenFile {
  return {
    name,
    path,
    read: once(() => readText(path, path)),
    fingerprint: (version) => fingerprintFile(path, version),
  };
}

function openBundled({ name, text }: BundledFile): OpenFile {
  const base = name.slice(Math.max(name.lastIndexOf("/"), name.lastIndexOf("\\")) + 1);
  return { name: base, path: name, read: () => text, fingerprint: (version) => fingerprintText(version, text) };
}

function once<T>(work: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => (known ??= { value: work() }).value;
}
