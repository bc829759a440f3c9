import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDatabase } from "../support/create-database.ts";
import { newestServer } from "../support/server-list.ts";
import { buildGander, ended } from "./built-gander.ts";
import type { BuiltGander } from "./built-gander.ts";
import { createFolder } from "./run-gander.ts";

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

  test("takes a file with variables, although Node 20 takes --env-file to be meant for itself", async () => {
    await using folder = await createFolder({ "x.env": "GANDER_WAIT=soon\n" });
    const file = join(folder.path, "x.env");
    for (const args of [["--env-file", file], [`--env-file=${file}`], ["--env", file], ["-env", file]]) {
      expect(await gander.run(["up", ...args])).toMatchObject({ code: 2, log: expect.stringContaining("GANDER_WAIT") });
    }
    expect(await gander.run(["up", "--env", "none"])).toMatchObject({
      code: 2,
      log: expect.stringContaining("No database is configured"),
    });
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

describe("signals and locks", () => {
  const slow = "-- +goose Up\nSELECT pg_sleep(600);\n";

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s stops a run, and what was under way is rolled back", async (signal, code) => {
    await using database = await createDatabase(newestServer());
    await using folder = await createFolder({ "1_a.sql": "-- +goose Up\nCREATE TABLE a ();\n", "2_slow.sql": slow });
    const variables = { DATABASE_URL: database.url, GANDER_DIR: folder.path };
    const child = gander.start(["up"], variables);
    const ending = ended(child);
    const running = "SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
    while ((await database.query(running)).length === 0);

    // Meanwhile another one does not get the run lock.
    expect(await gander.run(["up", "--wait", "50ms"], variables)).toMatchObject({
      code: 4,
      log: expect.stringContaining("GANDER_LOCK_TIMEOUT"),
    });

    child.kill(signal);
    const ran = await ending;
    expect(ran).toMatchObject({ code, out: "" });
    expect(ran.log).toContain("applied 1_a.sql");
    expect(ran.log).toContain("error[GANDER_ABORTED]");
    expect(await gander.run(["version"], variables)).toMatchObject({ code: 0, out: "1\n" });
    expect(await database.query(running)).toEqual([]);
  });
});
