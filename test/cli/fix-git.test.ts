import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeSum } from "../../src/files/sum/write-sum.ts";
import { SIMPLE } from "../files/folder.ts";
import { hasGit, makeRepository, type Repository } from "../git/repository.ts";
import { createFolder, runGander } from "./run-gander.ts";

const status = (repository: Repository): string[] =>
  repository.git("status", "--porcelain").split("\n").filter(Boolean).toSorted();

describe.runIf(hasGit)("gander fix --git", () => {
  test("renames in the index, and leaves what is not staged as it is", async () => {
    using repository = makeRepository();
    const dir = join(repository.path, "my migrations");
    repository.write({
      "my migrations/00001_a.sql": SIMPLE,
      "my migrations/20250101000000_b.sql": SIMPLE,
      "my migrations/20250201000000_c.sql": SIMPLE,
    });
    writeSum(dir);
    repository.commit("Start");
    repository.write({ "my migrations/20250201000000_c.sql": `${SIMPLE}-- not staged\n` });
    repository.write({ "my migrations/20250301000000_d.sql": SIMPLE });
    writeSum(dir);
    const ran = await runGander(["fix", "--git", "-d", dir, "--json"]);
    expect(ran.json()).toMatchObject({ git: true, renames: [{}, {}, { to: "00004_d.sql" }] });
    expect(status(repository)).toEqual([
      '?? "my migrations/00004_d.sql"',
      'M  "my migrations/gander.sum"',
      'R  "my migrations/20250101000000_b.sql" -> "my migrations/00002_b.sql"',
      'RM "my migrations/20250201000000_c.sql" -> "my migrations/00003_c.sql"',
    ]);
    expect(await runGander(["sum", "--check", "-d", dir])).toMatchObject({ code: 0 });
    expect(readFileSync(join(dir, "00003_c.sql"), "utf8")).toContain("not staged");
  });

  test("renames nothing where git refuses one of them", async () => {
    using repository = makeRepository();
    const third = "20250201000000_c.sql";
    repository.commit("Start", { "00001_a.sql": SIMPLE, "20250101000000_b.sql": SIMPLE, [third]: SIMPLE });
    repository.git("switch", "-q", "-c", "side");
    repository.commit("Side", { [third]: `${SIMPLE}-- side\n` });
    repository.git("switch", "-q", "main");
    repository.commit("Main", { [third]: `${SIMPLE}-- main\n` });
    expect(() => repository.git("merge", "side")).toThrow();
    const before = status(repository);
    const ran = await runGander(["fix", "--git", "-d", repository.path]);
    expect(ran).toMatchObject({ code: 2, log: expect.stringContaining("Nothing was renamed") });
    expect(ran.log).toContain(`${third} cannot be renamed to 00003_c.sql in git's index: conflicted`);
    expect(status(repository)).toEqual(before);
  });

  test("does not put a file over one that the index alone has", async () => {
    using repository = makeRepository();
    repository.write({ "00001_a.sql": SIMPLE, "20250101000000_b.sql": SIMPLE, "00002_b.sql": "x" });
    repository.git("add", "00002_b.sql");
    rmSync(join(repository.path, "00002_b.sql"));
    const { code, log } = await runGander(["fix", "--git", "-d", repository.path]);
    expect({ code, log }).toMatchObject({
      code: 2,
      log: expect.stringContaining("git's index has 00002_b.sql already"),
    });
    expect(status(repository)).toContain("AD 00002_b.sql");
  });

  test("says where there is no work tree, and renames nothing", async () => {
    await using folder = await createFolder({ "00001_a.sql": SIMPLE, "20250101000000_b.sql": SIMPLE });
    const { code, log } = await runGander(["fix", "--git", "-d", folder.path]);
    expect(code).toBe(2);
    expect(log).toContain(`${folder.path} is not in a work tree of git`);
    expect(await runGander(["fix", "--dry-run", "-d", folder.path])).toMatchObject({
      out: expect.stringContaining("20250101000000_b.sql  →  00002_b.sql"),
    });
    using repository = makeRepository();
    const inside = await runGander(["fix", "--git", "-d", join(repository.path, ".git")]);
    expect(inside.log).toContain("is not in a work tree of git");
    writeFileSync(join(repository.path, ".git", "config"), "[core\n");
    const broken = await runGander(["fix", "--git", "-d", repository.path]);
    expect(broken.log).toContain("git refuses to work in");
  });

  test("says where git is not installed", async () => {
    await using folder = await createFolder({ "00001_a.sql": SIMPLE });
    const path = process.env["PATH"];
    process.env["PATH"] = folder.path;
    try {
      const { code, log } = await runGander(["fix", "--git", "-d", folder.path]);
      expect({ code, log }).toMatchObject({ code: 2, log: expect.stringContaining("git is not installed") });
    } finally {
      process.env["PATH"] = path;
    }
  });
});
