import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { FileError, UsageError } from "../errors.ts";
import type { BundledFile } from "../options.ts";

/** What is to be done to have files in a folder. */
export interface FolderWriting {
  readonly folder: string;
  /** Those that are not there yet. */
  readonly missing: readonly BundledFile[];
}

/**
 * Checks that files can go into a new folder: one that is empty or absent, or has exactly them already, from a try before or
 * for another database.
 *
 * @throws UsageError where it has something else, or is the folder that the files come from
 */
export function planFolder(folder: string, from: string, files: readonly BundledFile[]): FolderWriting {
  if (resolve(folder) === resolve(from)) {
    throw new UsageError(`the rewritten files cannot go into ${folder}, where the other tool's are`, {
      hint: "Name a new folder with --to (or --dir). The other tool's files stay as they are.",
    });
  }
  const present = existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith(".")) : [];
  if (present.length === 0) return { folder, missing: files };
  const others = files.filter(({ name, text }) => !isThere(join(folder, name), text));
  if (others.length === 0) return { folder, missing: [] };
  throw new UsageError(
    `the folder ${folder} is not empty, and has not what would be written into it (${others[0]?.name})`,
    {
      hint: "Name a new folder with --to, or empty this one. If it has the rewritten files, edited since: leave --from away. Nothing was written.",
    },
  );
}

function isThere(path: string, text: string): boolean {
  try {
    return readFileSync(path, "utf8").replaceAll("\r\n", "\n") === text;
  } catch {
    return false;
  }
}

/** Writes what is missing; returns what undoes it. @throws FileError */
export function writeFolder({ folder, missing }: FolderWriting): () => void {
  const written: string[] = [];
  const undo = (): void => {
    for (const path of written) rmSync(path, { force: true });
  };
  if (missing.length === 0) return undo;
  try {
    mkdirSync(folder, { recursive: true });
    for (const { name, text } of missing) {
      const path = join(folder, name);
      writeFileSync(path, text, { flag: "wx" });
      written.push(path);
    }
    return undo;
  } catch (error) {
    undo();
    const message = error instanceof Error ? error.message : String(error);
    throw new FileError(`the files cannot be written into ${folder}`, [{ file: folder, message }], { cause: error });
  }
}
