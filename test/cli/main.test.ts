import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildGander, ended } from "./built-gander.ts";
import type { BuiltGander } from "./built-gander.ts";

let gander: BuiltGander;
beforeAll(async () => {
  gander = await buildGander();
});
afterAll(() => gander[Symbol.asyncDispose]());

describe("the program", () => {
  test("can be executed, and exits with the code of the run", async () => {
    expect(await readFile(gander.main, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/u);
    expect(await gander.run(["--version"])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^gander \d/u),
      log: "",
    });
    expect(await gander.run(["upp"])).toMatchObject({ code: 2, out: "" });
    expect(await gander.run(["up"])).toMatchObject({ code: 2, out: "" });
  });

  test("reads the environment of the process", async () => {
    const { code, log } = await gander.run(["up"], { GANDER_WAIT: "soon" });
    expect({ code, log }).toMatchObject({ code: 2, log: expect.stringContaining("GANDER_WAIT") });
  });

  test("a reader that has gone away is no failure", async () => {
    const child = gander.start(["--help"]);
    child.stdout?.destroy();
    expect(await ended(child)).toMatchObject({ code: 0, log: "" });
  });

  test("colours are for terminals, unless they are forced", async () => {
    expect((await gander.run(["upp"])).log).not.toContain("\u001b");
    expect((await gander.run(["upp"], { FORCE_COLOR: "1" })).log).toContain("\u001b[31merror:\u001b[39m");
  });
});
