import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);
let folder: string;

beforeAll(async () => {
  const cache = join(root, "node_modules", ".cache");
  await mkdir(cache, { recursive: true });
  folder = await mkdtemp(join(cache, "imports-"));
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  await writeFile(join(folder, "package.json"), await readFile(join(root, "package.json")));
  await run(process.execPath, [compiler, "-p", join(root, "tsconfig.build.json"), "--outDir", join(folder, "dist")]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("importing the library loads neither a SQL parser, nor PGlite, nor a driver, nor the command line", async () => {
  const loaded = await loadedModules(join(folder, "dist", "index.js"));
  expect(loaded).toContainEqual(expect.stringMatching(/\/dist\/index\.js$/));
  expect(loaded).toContainEqual(expect.stringMatching(/\/dist\/migrator\.js$/));
  expect(loaded.filter(isOutside)).toEqual([]);
  expect(loaded.filter((url) => /\/dist\/(cli|report)\//.test(url))).toEqual([]);
});

test("what a module does load is seen", async () => {
  const probe = join(folder, "probe.mjs");
  await writeFile(probe, 'import "commander";\nimport "@electric-sql/pglite";\nimport "./dist/cli/commands.js";\n');
  const loaded = await loadedModules(probe);
  expect(loaded).toContainEqual(expect.stringContaining("/node_modules/commander/"));
  expect(loaded).toContainEqual(expect.stringContaining("/node_modules/@electric-sql/pglite/"));
  expect(loaded).toContainEqual(expect.stringContaining("/dist/cli/commands.js"));
});

/** A package, not a module of ours and not one of Node's. */
function isOutside(url: string): boolean {
  return !url.startsWith("node:") && !url.includes("/imports-");
}

async function loadedModules(entry: string): Promise<string[]> {
  const script = fileURLToPath(new URL("./loaded-modules.js", import.meta.url));
  const { stdout } = await run(process.execPath, [script, entry]);
  return stdout.trim().split("\n");
}
