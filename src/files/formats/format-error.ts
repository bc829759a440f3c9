import { FileError } from "../../errors.ts";

/** The error for a file that is not in its tool's format. */
export function formatError(path: string, message: string, hint?: string): FileError {
  return new FileError(`${path}: ${message}`, [{ file: path, message, ...(hint !== undefined && { hint }) }]);
}
