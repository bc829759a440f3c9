import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import type { FileProblem } from "../errors.ts";
import { placeOf } from "./place.ts";

/** Reads a file as UTF-8; what stops that is a problem, not an exception. `path` is what people are shown. */
export function readText(fullPath: string, path: string): string | FileProblem {
  let bytes: Buffer;
  try {
    bytes = readFileSync(fullPath);
  } catch (error) {
    return { file: path, ...explain(error) };
  }
  if (isUtf8(bytes)) return bytes.toString("utf8");
  const mark = bytes.length < 2 ? 0 : bytes.readUInt16BE(0);
  if (mark === 0xfffe || mark === 0xfeff) {
    return { file: path, message: "the file is UTF-16, not UTF-8", hint: "save it as UTF-8" };
  }
  if (bytes.includes(0))
    return { file: path, message: "the file is binary, not SQL", hint: "move it out of the folder" };
  const text = bytes.toString("utf8");
  const place = placeOf(text, Math.max(0, text.indexOf("\uFFFD")));
  return { file: path, ...place, message: "the file is not UTF-8: this character is broken", hint: "save it as UTF-8" };
}

function explain(error: unknown): { readonly message: string; readonly hint?: string } {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "EISDIR":
      return { message: "it is a folder with the name of a migration file", hint: "rename it, or move it elsewhere" };
    case "EACCES":
    case "EPERM":
      return {
        message: "it cannot be read: permission denied",
        hint: "give the user that runs gander the right to read it",
      };
    case "ENOENT":
      return { message: "it is gone, or a link to a file that does not exist" };
    default:
      return { message: `it cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}
