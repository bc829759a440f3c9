import { setImmediate } from "node:timers/promises";
import { classifyFile } from "./classify-file.ts";
import { parseFileName } from "./file-name.ts";
import type { OpenMigrations } from "./open-migrations.ts";

/** A migration file by its version, before it is parsed. */
export interface Fingerprint {
  readonly version: bigint;
  readonly fingerprint: bigint;
}

/** So many files are read in one go, about a fifth of a millisecond; then the connection gets its turn. */
const SLICE = 32;

/**
 * The fingerprints of all migrations, unparsed; undefined where something about the files has to be told, which parsing does.
 * While a history says that these very texts are applied, they need no parsing.
 */
export async function readFingerprints({ files }: OpenMigrations): Promise<readonly Fingerprint[] | undefined> {
  const found = new Map<bigint, Fingerprint>();
  for (const { name, fingerprint: read } of files) {
    const { kind } = classifyFile(name);
    if (kind === "unusable") return undefined;
    if (kind !== "migration") continue;
    const fileName = parseFileName(name);
    if (!("version" in fileName) || found.has(fileName.version)) return undefined;
    const fingerprint = read(fileName.version);
    if (fingerprint === undefined) return undefined;
    found.set(fileName.version, { version: fileName.version, fingerprint });
    if (found.size % SLICE === 0) await setImmediate();
  }
  return [...found.values()];
}
