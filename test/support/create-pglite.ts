import { readFileSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { PGlite, type PGliteOptions } from "@electric-sql/pglite";

/**
 * An empty PGlite in memory. It takes half a second and 400 MB: make one a test file at most, and close it. The first
 * one on a machine takes longer: initdb runs, and its result is kept among the temporary files.
 */
export async function createPGlite(options: PGliteOptions = {}): Promise<PGlite> {
  return await PGlite.create({ ...options, loadDataDir: await readImage() });
}

async function readImage(): Promise<Blob> {
  const folder = join(tmpdir(), `gander-tests-${userInfo().uid}`);
  const file = join(folder, `pglite-${pgliteVersion()}.tar`);
  try {
    return new Blob([await readFile(file)]);
  } catch {
    const image = await makeImage();
    await mkdir(folder, { recursive: true });
    // Another test file may do the same at this moment; either result is fine, half of one is not.
    await writeFile(`${file}.${process.pid}`, image);
    await rename(`${file}.${process.pid}`, file);
    return new Blob([image]);
  }
}

async function makeImage(): Promise<Uint8Array<ArrayBuffer>> {
  const pglite = await PGlite.create();
  const image = await pglite.dumpDataDir("none");
  await pglite.close();
  return new Uint8Array(await image.arrayBuffer());
}

function pgliteVersion(): string {
  const main = createRequire(import.meta.url).resolve("@electric-sql/pglite");
  const { version } = JSON.parse(readFileSync(join(dirname(main), "..", "package.json"), "utf8")) as {
    version: string;
  };
  return version;
}
