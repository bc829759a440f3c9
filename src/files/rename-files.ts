import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import type { FileProblem } from "../errors.ts";
import { FileError } from "../errors.ts";
import type { Rename } from "./renumber.ts";

/**
 * Renames files in a folder, all or none: everything is checked before the first, and where one fails those before it
 * get their old names back. Nothing is overwritten. @throws FileError
 */
export function renameFiles(folder: string, renames: readonly Rename[]): void {
  checkRenames(folder, renames);
  const done: Rename[] = [];
  for (const rename of renames) {
    try {
      renameSync(join(folder, rename.from), join(folder, rename.to));
      done.push(rename);
    } catch (cause) {
      for (const { from, to } of done.toReversed()) renameSync(join(folder, to), join(folder, from));
      const message = `it cannot be renamed to ${rename.to}: ${cause instanceof Error ? cause.message : String(cause)}`;
      const problem = { file: join(folder, rename.from), message };
      throw new FileError("the files cannot be renamed; nothing was changed", [problem], { cause });
    }
  }
}

/** Holds that all these names can be given. @throws FileError */
export function checkRenames(folder: string, renames: readonly Rename[]): void {
  const problems: FileProblem[] = [];
  const targets = new Set<string>();
  for (const { from, to } of renames) {
    const file = join(folder, from);
    if (!existsSync(file)) problems.push({ file, message: "it is gone" });
    if (targets.has(to)) problems.push({ file, message: `another file is to be renamed to ${to} too` });
    else if (existsSync(join(folder, to))) problems.push({ file, message: `${to} exists already` });
    targets.add(to);
  }
  if (problems.length > 0) throw new FileError("the files cannot be renamed; nothing was changed", problems);
}
