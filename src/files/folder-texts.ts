import { readdirSync } from "node:fs";
import { join } from "node:path";
import { FileError } from "../errors.ts";
import { folderPath } from "./folder-path.ts";
import { listFolder } from "./list-folder.ts";
import { readText } from "./read-text.ts";

/** A file below a folder, read when it is needed. */
export interface FolderText {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  /** @throws FileError where it cannot be read */
  readonly read: () => string;
}

/** Deep enough for every tool's layout; a link in a circle ends here. */
const DEEPEST = 6;

/** All files below a folder, by path. @throws FileError where there is no folder */
export function listFolderTexts(input: string | URL): readonly FolderText[] {
  const folder = folderPath(input);
  listFolder(folder);
  return filesBelow(folder, "", 0)
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((path) => ({ path, read: () => textOf(folder, path) }));
}

function filesBelow(folder: string, below: string, depth: number): readonly string[] {
  const entries = readdirSync(join(folder, below), { withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.name.startsWith(".") || entry.name === "node_modules") return [];
    if (entry.isDirectory()) return depth < DEEPEST ? filesBelow(folder, path, depth + 1) : [];
    return [path];
  });
}

function textOf(folder: string, path: string): string {
  const text = readText(join(folder, path), join(folder, path));
  if (typeof text === "string") return text;
  throw new FileError(`${text.file} cannot be read`, [text]);
}
