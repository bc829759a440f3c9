import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FileError } from "../../errors.ts";
import { openMigrations } from "../open-migrations.ts";
import { checkSum } from "./check-sum.ts";
import { renderSum, SUM_NAME } from "./sum-line.ts";
import { readSummed } from "./summed-files.ts";

/** Writes the sum of a folder as its files are now, and gives its path. @throws FileError where it cannot, and what was there stays */
export function writeSum(folder: string): string {
  const opened = openMigrations(folder);
  const path = join(folder, SUM_NAME);
  const { files, problems } = readSummed(opened.files);
  if (problems.length > 0) throw new FileError(`${path} cannot be made: files cannot be read`, problems);
  const text = renderSum(files);
  if (opened.sum?.read() === text) return path;
  const half = join(folder, `.${SUM_NAME}.${process.pid}`);
  try {
    writeFileSync(half, text);
    renameSync(half, path);
  } catch (cause) {
    rmSync(half, { force: true });
    const message = `${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new FileError(message, [{ file: path, message }], { cause });
  }
  return path;
}

/**
 * For what changes a folder: checks the sum now, and gives what renews it after the change; undefined where the folder has
 * none. @throws FileError where it is off already, so that nothing that nobody has seen is taken over
 */
export function keepSum(folder: string): (() => string) | undefined {
  const opened = openMigrations(folder);
  checkSum(opened);
  return opened.sum === undefined ? undefined : () => writeSum(folder);
}
