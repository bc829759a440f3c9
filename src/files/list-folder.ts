import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { FileError } from "../errors.ts";

/** The names in a migrations folder. @throws FileError where it is none, or cannot be read */
export function listFolder(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const absolute = resolve(folder);
    if (code === "ENOENT") {
      throw folderError(
        folder,
        `the migrations folder ${absolute} does not exist`,
        "gander init makes it with a first migration, gander create NAME adds one; another folder is named with --dir (or the option migrations)",
        error,
      );
    }
    if (code === "ENOTDIR") {
      throw folderError(
        folder,
        `${absolute} is a file, not a folder of migrations`,
        "name the folder that it is in",
        error,
      );
    }
    const reason =
      code === "EACCES" || code === "EPERM" ? "permission denied" : error instanceof Error ? error.message : "";
    throw folderError(
      folder,
      `the migrations folder ${absolute} cannot be read: ${reason}`,
      "give the user that runs gander the right to read it",
      error,
    );
  }
}

function folderError(folder: string, message: string, hint: string, cause: unknown): FileError {
  return new FileError(message, [{ file: folder, message, hint }], { hint, cause });
}
