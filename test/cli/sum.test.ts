import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import { SIMPLE } from "../files/folder.ts";
import { createFolder, runGander } from "./run-gander.ts";

const files = { "20250101000000_a.sql": SIMPLE, "20250201000000_b.sql": SIMPLE, "20250301000000_c.sql": SIMPLE };

describe("gander sum", () => {
  test("makes the file, agrees with it, and writes it anew after it has shown what has changed", async () => {
    await using folder = await createFolder(files);
    const dir = ["-d", folder.path];
    const path = join(folder.path, "gander.sum");
    expect(await runGander(["sum", "--check", ...dir])).toMatchObject({
      code: 3,
      out: expect.stringContaining(`${path}: error: there is no such file`),
    });
    expect((await runGander(["sum", ...dir])).out).toBe(`Made ${path}: 3 migrations.\n`);
    expect((await runGander(["sum", ...dir])).out).toBe(`${path} agrees with the folder: 3 migrations.\n`);
    expect(await runGander(["sum", "--check", ...dir])).toMatchObject({ code: 0 });
    writeFileSync(join(folder.path, "20250101000000_a.sql"), `${SIMPLE}-- x\n`);
    rmSync(join(folder.path, "20250201000000_b.sql"));
    writeFileSync(join(folder.path, "20250401000000_d.sql"), "-- +goose Up\n");
    const before = readFileSync(path, "utf8");
    const checked = await runGander(["sum", "--check", ...dir, "--json"]);
    expect(checked).toMatchObject({ code: 3, log: "" });
    expect(checked.json()).toMatchObject({
      command: "sum",
      path,
      differences: [
        { kind: "changed", name: "20250101000000_a.sql", line: 1 },
        { kind: "gone", name: "20250201000000_b.sql", line: 2 },
        { kind: "added", name: "20250401000000_d.sql" },
      ],
    });
    expect(readFileSync(path, "utf8")).toBe(before);
    const { out } = await runGander(["sum", ...dir]);
    expect(out).toBe(
      `  changed  20250101000000_a.sql\n  gone     20250201000000_b.sql\n  added    20250401000000_d.sql\n\nWrote ${path} anew: 3 migrations.\n`,
    );
    expect(await runGander(["sum", "--check", ...dir])).toMatchObject({ code: 0 });
  });

  test("writes one with conflict markers anew, and says where they were", async () => {
    await using folder = await createFolder({ ...files, "gander.sum": "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> side\n" });
    const dir = ["-d", folder.path];
    expect(await runGander(["sum", "--check", ...dir])).toMatchObject({
      code: 3,
      out: expect.stringContaining("gander.sum:1: error: git's conflict markers"),
    });
    expect((await runGander(["sum", ...dir])).out).toContain("  line 1  git's conflict markers");
    expect(await runGander(["sum", "--check", ...dir])).toMatchObject({ code: 0 });
  });

  test("is not made over files that cannot be read", async () => {
    await using folder = await createFolder(files);
    writeFileSync(join(folder.path, "20250201000000_b.sql"), Buffer.from([0xc3, 0x28]));
    const { code, log } = await runGander(["sum", "-d", folder.path]);
    expect({ code, log }).toMatchObject({ code: 2, log: expect.stringContaining("20250201000000_b.sql:1") });
    expect(readdirSync(folder.path)).not.toContain("gander.sum");
  });
});

describe("a folder whose sum is off", () => {
  const without = new Set(["init", "sum", "completion"]);
  const values: Readonly<Record<string, string>> = { version: "1", name: "x", folder: "x" };
  const others = commands.filter(({ name }) => !without.has(name));

  test.each(others.map((entry) => [entry.name, entry.arguments ?? ""]))("is refused by %s %s", async (name, taken) => {
    await using folder = await createFolder({ ...files, "gander.sum": "" });
    const args = [...taken.matchAll(/<(\w+)>/g)].map(([, word = ""]) => values[word] ?? "1");
    const environment = { DATABASE_URL: "postgres://nobody@127.0.0.1:1/none" };
    const ran = await runGander([name, ...args, "-d", folder.path], { environment });
    expect(ran.code).toBe(name === "validate" ? 3 : 2);
    expect(ran.out + ran.log).toContain("20250101000000_a.sql: ");
    expect(ran.out + ran.log).toContain("it is not in gander.sum");
    expect(readdirSync(folder.path).toSorted()).toEqual([...Object.keys(files), "gander.sum"]);
  });
});

test("create and fix keep it", async () => {
  await using folder = await createFolder({ "00001_a.sql": SIMPLE, "20250201000000_b.sql": SIMPLE });
  const dir = ["-d", folder.path];
  await runGander(["sum", ...dir]);
  expect(await runGander(["fix", ...dir])).toMatchObject({ code: 0 });
  const created = await runGander(["create", "-s", "c", ...dir]);
  expect(created.log).toContain("gander sum renews it");
  expect(await runGander(["sum", "--check", ...dir])).toMatchObject({ code: 0 });
  const names = readFileSync(join(folder.path, "gander.sum"), "utf8").match(/^\S+/gm);
  expect(names).toEqual(["00001_a.sql", "00002_b.sql", "00003_c.sql"]);
});
