import { join } from "node:path";
import { FileError } from "../errors.ts";
import { checkRenames, renameFiles } from "../files/rename-files.ts";
import type { Rename } from "../files/renumber.ts";
import { SUM_NAME } from "../files/sum/sum-line.ts";
import { keepSum } from "../files/sum/write-sum.ts";
import { listTracked, renameInIndex, stageFile } from "../git/rename-in-index.ts";

/** How files are renamed: on disk, or also in git's index. */
export interface RenameContext {
  readonly folder: string;
  /** What git's index has of the folder; undefined where it is not asked for. */
  readonly tracked: ReadonlySet<string> | undefined;
  readonly renewSum: (() => string) | undefined;
}

/**
 * Looks whether files of a folder can be renamed at all, before anything is planned or asked.
 *
 * @throws FileError where the folder's sum is off, UsageError where git's index is asked for and there is none
 */
export async function openForRenames(folder: string, git: boolean): Promise<RenameContext> {
  return { folder, renewSum: keepSum(folder), tracked: git ? await listTracked(folder) : undefined };
}

/** Renames all of them and keeps the folder's sum, or renames none. @throws FileError, UsageError */
export async function renameMigrations(context: RenameContext, renames: readonly Rename[]): Promise<void> {
  const { folder, tracked, renewSum } = context;
  checkRenames(folder, renames);
  checkIndex(context, renames);
  const undo: (() => void | Promise<void>)[] = [];
  try {
    for (const rename of renames) {
      const { from, to } = rename;
      if (tracked?.has(from) === true) {
        await renameInIndex(folder, from, to);
        undo.push(() => renameInIndex(folder, to, from));
      } else {
        renameFiles(folder, [rename]);
        undo.push(() => renameFiles(folder, [{ from: to, to: from }]));
      }
    }
    if (renames.length === 0 || renewSum === undefined) return;
    // After all names are as they were, the sum is made of them again.
    undo.unshift(() => void renewSum());
    renewSum();
    if (tracked?.has(SUM_NAME) === true) await stageFile(folder, SUM_NAME);
  } catch (error) {
    for (const step of undo.toReversed()) await step();
    throw error;
  }
}

/** `git mv` puts a file over one that the index alone has. @throws FileError */
function checkIndex({ folder, tracked }: RenameContext, renames: readonly Rename[]): void {
  const problems = renames
    .filter(({ to }) => tracked?.has(to) === true)
    .map(({ from, to }) => ({ file: join(folder, from), message: `git's index has ${to} already` }));
  if (problems.length > 0) throw new FileError("the files cannot be renamed; nothing was changed", problems);
}
