import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A folder that is there for one test. */
export interface Folder extends Disposable {
  readonly path: string;
  names(): readonly string[];
}

/** Makes a folder with these files; a text of undefined makes a folder of that name. */
export function makeFolder(files: Readonly<Record<string, string | Uint8Array | undefined>> = {}): Folder {
  const path = mkdtempSync(join(tmpdir(), "gander-files-"));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(content === undefined ? join(path, name) : dirname(join(path, name)), { recursive: true });
    if (content !== undefined) writeFileSync(join(path, name), content);
  }
  return {
    path,
    names: () => readdirSync(path).toSorted(),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** The text of a migration with one statement each way. */
export const SIMPLE = "-- +goose Up\nCREATE TABLE a ();\n-- +goose Down\nDROP TABLE a;\n";
