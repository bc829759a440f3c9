import { fileURLToPath } from "node:url";
import { UsageError } from "../errors.ts";

/** The path of a folder that was given as path or file URL. @throws UsageError for a URL of another kind */
export function folderPath(input: string | URL): string {
  const url = typeof input === "string" && input.startsWith("file://") ? new URL(input) : input;
  if (typeof url === "string") return url;
  if (url.protocol !== "file:") {
    throw new UsageError(`migrations must be in a folder: a URL that begins with ${url.protocol} cannot be read`, {
      hint: "give a path or a file: URL",
    });
  }
  return fileURLToPath(url);
}
