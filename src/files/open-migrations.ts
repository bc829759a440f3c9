import { join } from "node:path";
import { createHash } from "node:crypto";
import type { FileProblem } from "../errors.ts";
import type { BundledFile, MigrationsInput } from "../options.ts";
import { classifyFile } from "./classify-file.ts";
import { parseFileName } from "./file-name.ts";
import { folderPath } from "./folder-path.ts";
import { listFolder } from "./list-folder.ts";
import { readText } from "./read-text.ts";

/** A file of a folder or a bundle, read when first needed and once. */
export interface OpenFile {
  readonly name: string;
  readonly path: string;
  read(): string | FileProblem;
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
  const files = listFolder(folder)
    .toSorted()
    .map((name) => {
      const path = join(folder, name);
      return { name, path, read: once(() => readText(path, path)) };
    });
  return { description: folder, files };
}

function openBundled({ name, text }: BundledFile): OpenFile {
  const base = name.slice(Math.max(name.lastIndexOf("/"), name.lastIndexOf("\\")) + 1);
  return { name: base, path: name, read: () => text };
}

function once<T>(work: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => (known ??= { value: work() }).value;
}

/** A migration file by its version, before it is parsed. */
export interface MigrationText {
  readonly version: bigint;
  readonly text: string;
}

/**
 * The texts of all migrations, unparsed; undefined where something about the files has to be told, which parsing does.
 * While a history says that these very texts are applied, they need no parsing.
 */
export function readTexts({ files }: OpenMigrations): readonly MigrationText[] | undefined {
  const texts = new Map<bigint, string>();
  for (const { name, read } of files) {
    const { kind } = classifyFile(name);
    if (kind === "unusable") return undefined;
    if (kind !== "migration") continue;
    const fileName = parseFileName(name);
    if (!("version" in fileName) || texts.has(fileName.version)) return undefined;
    const text = read();
    if (typeof text !== "string") return undefined;
    texts.set(fileName.version, text);
  }
  return [...texts].map(([version, text]) => ({ version, text }));
}

/**
 * A number that stands for a version with a text, as the history keeps it: line ends as LF, without a byte-order mark. 64 bits
 * of a hash, signed; a sum of such numbers stands for a set of files.
 */
export function fingerprintText(version: bigint, text: string): bigint {
  const plain = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const kept = plain.includes("\r\n") ? plain.replaceAll("\r\n", "\n") : plain;
  return createHash("sha256").update(`${version}\0${kept}`).digest().readBigInt64BE();
}
