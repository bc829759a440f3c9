import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FileError, UsageError } from "../errors.ts";
import { HIGHEST_VERSION } from "./file-name.ts";
import { folderPath } from "./folder-path.ts";
import type { SmallVersion, VersionedFile } from "./small-versions.ts";
import { findSmallVersions } from "./small-versions.ts";
import { keepSum } from "./sum/write-sum.ts";
import { isTimestampVersion, nextTimestampVersion, timestampVersion } from "./timestamp-version.ts";
import { listVersionedFiles } from "./versioned-files.ts";

export interface CreateOptions {
  /** In any words; the file's name has it in small letters, with `_` between words. */
  readonly name: string;
  /** A point in time (the default), or the number after the last one. */
  readonly numbering?: "timestamp" | "sequential";
  readonly now: Date;
  /** Makes the folder where there is none. */
  readonly makeFolder?: boolean;
}

/** A file that was made. */
export interface CreatedMigration {
  readonly version: bigint;
  readonly name: string;
  readonly path: string;
  /** Files beside it whose small number puts them before all others. */
  readonly smallVersions: readonly SmallVersion[];
  /** The folder has a `gander.sum`, which has a line for the file as it is now. */
  readonly isSummed: boolean;
}

const TEMPLATE = `-- +goose Up
-- The statements that make the change, each ended by a semicolon. They run in one transaction.


-- +goose Down
-- The statements that take the change back, so that the schema is what it was before.

`;

/** The longest file name that common file systems take, in bytes. */
const LONGEST_FILE_NAME = 255;

/**
 * Creates a migration file with a version above all that are in the folder, and keeps the folder's sum, where it has one.
 *
 * @throws UsageError for a name without letters or digits, FileError where the file cannot be made
 */
export function createMigration(input: string | URL, options: CreateOptions): CreatedMigration {
  const folder = folderPath(input);
  const title = snakeCase(options.name);
  if (title === "") {
    throw new UsageError(`${JSON.stringify(options.name)} has no letter or digit to name a migration by`, {
      hint: "for example: gander create add_users",
    });
  }
  if (options.makeFolder === true) makeFolder(folder);
  const files = listVersionedFiles(folder);
  const digits = options.numbering === "sequential" ? nextNumber(files) : nextTimestamp(files, options.now);
  const name = `${digits}_${title}.sql`;
  if (Buffer.byteLength(name) > LONGEST_FILE_NAME) {
    throw new UsageError(
      `the name is too long: ${Buffer.byteLength(name)} bytes, at most ${LONGEST_FILE_NAME} are possible`,
    );
  }
  const path = join(folder, name);
  const renewSum = keepSum(folder);
  write(path);
  try {
    renewSum?.();
  } catch (error) {
    rmSync(path);
    throw error;
  }
  return {
    version: BigInt(digits),
    name,
    path,
    smallVersions: findSmallVersions(files),
    isSummed: renewSum !== undefined,
  };
}

/** The words of a text in small letters, with one `_` between them; letters of all scripts stay. */
export function snakeCase(text: string): string {
  return text
    .normalize("NFC")
    .replace(/\.sql$/i, "")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, "_")
    .replaceAll(/^_+|_+$/g, "");
}

function nextTimestamp(files: readonly VersionedFile[], now: Date): string {
  const newest = files.at(-1)?.version ?? 0n;
  const version = timestampVersion(now);
  // Two in one second, or a file made by somebody whose clock is ahead.
  return checked(version > newest ? version : nextTimestampVersion(newest)).toString();
}

function nextNumber(files: readonly VersionedFile[]): string {
  const newest = files.at(-1);
  if (newest !== undefined && isTimestampVersion(newest.version)) {
    throw new UsageError(`a number would come before ${newest.name}, whose version is a timestamp`, {
      hint: "leave out --sequential, or turn all timestamps into numbers first (gander fix)",
    });
  }
  return checked((newest?.version ?? 0n) + 1n)
    .toString()
    .padStart(5, "0");
}

function checked(version: bigint): bigint {
  if (version <= HIGHEST_VERSION) return version;
  throw new UsageError("the newest migration has the largest version there is, so none can come after it");
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw cannotMake(folder, error);
  }
}

function write(path: string): void {
  try {
    writeFileSync(path, TEMPLATE, { flag: "wx" });
  } catch (error) {
    throw cannotMake(path, error);
  }
}

function cannotMake(path: string, cause: unknown): FileError {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  const reason =
    code === "EEXIST"
      ? "it exists already"
      : code === "EACCES" || code === "EPERM" || code === "EROFS"
        ? "permission denied"
        : cause instanceof Error
          ? cause.message
          : String(cause);
  const message = `${path} cannot be made: ${reason}`;
  return new FileError(message, [{ file: path, message }], { cause });
}
