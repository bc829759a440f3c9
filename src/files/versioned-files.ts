import { join } from "node:path";
import { classifyFile } from "./classify-file.ts";
import { parseFileName } from "./file-name.ts";
import { listFolder } from "./list-folder.ts";
import type { VersionedFile } from "./small-versions.ts";
import { byVersion } from "./small-versions.ts";

/**
 * The files of a folder that have a version in their name, in their order, without reading them; migrations in other
 * languages are among them, because they take up versions. @throws FileError where there is no folder
 */
export function listVersionedFiles(folder: string): readonly VersionedFile[] {
  const files: VersionedFile[] = [];
  for (const name of listFolder(folder).toSorted()) {
    const fileName = classifyFile(name).kind === "ignored" ? undefined : parseFileName(name);
    if (fileName !== undefined && "version" in fileName) {
      files.push({ version: fileName.version, name, path: join(folder, name) });
    }
  }
  return files.toSorted(byVersion);
}
