import { describe, expect, test } from "vitest";
import { readConfigFile } from "../../src/cli/config-file.ts";
import type { ConfigFile } from "../../src/cli/config-file.ts";
import { createFolder } from "./run-gander.ts";

async function read(files: Record<string, string>, named?: string): Promise<ConfigFile | undefined> {
  await using folder = await createFolder(files);
  return await readConfigFile(named, folder.path);
}

describe("what can be a config file", () => {
  test.each([
    ["gander.config.json", '{"$schema": "x", "table": "t"}'],
    ["gander.config.mjs", 'export default { table: "t" };'],
    ["gander.config.js", 'module.exports = { table: "t" };'],
    ["gander.config.ts", 'const table: string = "t";\nexport default { table } satisfies object;'],
  ])("%s", async (name, text) => {
    // The project's own loader is what reads TypeScript on Nodes that do not.
    const jiti = { "node_modules/jiti/package.json": '{"main": "index.cjs"}' };
    const shim = { "node_modules/jiti/index.cjs": `module.exports = require(${JSON.stringify(await jitiPath())});` };
    const found = await read({ [name]: text, ...jiti, ...shim });
    expect(found).toMatchObject({ path: name, values: { table: "t" } });
  });

  test("none is fine, unless it was named", async () => {
    expect(await read({})).toBeUndefined();
    await expect(read({}, "x.json")).rejects.toThrow("The config file x.json does not exist");
  });

  test("the first by name counts, and a named one before all", async () => {
    const files = { "gander.config.mjs": 'export default { table: "m" };', "gander.config.json": '{"table": "j"}' };
    expect((await read(files))?.values).toEqual({ table: "m" });
    expect((await read(files, "gander.config.json"))?.values).toEqual({ table: "j" });
  });
});

describe("mistakes", () => {
  test.each([
    ['{"lockTimout": "2s"}', /lockTimout/u, "Did you mean lockTimeout instead of lockTimout?"],
    ['{"migrations": "x"}', /migrations/u, "Did you mean dir instead of migrations?"],
    ['{"config": "x"}', /config$/u, /^It knows: databaseUrl/u],
    ["[]", /must hold an object/u, undefined],
    ["null", /must hold an object/u, undefined],
    ['{\n  "table": "t",\n}', /gander\.config\.json:3:1 is not valid JSON/u, undefined],
  ])("%s", async (text, message, hint) => {
    const reading = read({ "gander.config.json": text });
    await expect(reading).rejects.toThrow(message);
    if (hint !== undefined) await expect(reading).rejects.toMatchObject({ hint: expect.stringMatching(hint) });
  });

  test("a module without a default export, or one that throws", async () => {
    await expect(read({ "gander.config.mjs": "export const table = 1;" })).rejects.toThrow("has no default export");
    await expect(read({ "gander.config.mjs": 'throw new Error("boom");' })).rejects.toThrow(
      "gander.config.mjs could not be loaded: boom",
    );
  });
});

async function jitiPath(): Promise<string> {
  const { createRequire } = await import("node:module");
  return createRequire(import.meta.url).resolve("jiti");
}
