import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createMigration } from "../../src/files/create-migration.ts";
import { openMigrations } from "../../src/files/open-migrations.ts";
import { findSumProblems } from "../../src/files/sum/check-sum.ts";
import { writeSum } from "../../src/files/sum/write-sum.ts";
import { hasGit, makeRepository, type Repository } from "../git/repository.ts";
import { SIMPLE } from "./folder.ts";

const problems = ({ path }: Repository): string[] =>
  findSumProblems(openMigrations(path)).map(({ message }) => message.split(":")[0] ?? "");

/** Main and a branch, each with a migration of its own since they parted. */
function twoBranches(onMain: string, onSide: string): Repository {
  const repository = makeRepository();
  repository.write({ "20250101000000_a.sql": SIMPLE, "20250601000000_b.sql": SIMPLE });
  writeSum(repository.path);
  repository.commit("Start");
  for (const [branch, name] of [
    ["side", onSide],
    ["main", onMain],
  ] as const) {
    repository.git("switch", "-q", ...(branch === "side" ? ["-c"] : []), branch);
    repository.write({ [name]: SIMPLE });
    writeSum(repository.path);
    repository.commit(`Add ${name}`);
  }
  return repository;
}

describe.runIf(hasGit)("two branches that both add a migration meet as a conflict", () => {
  test.each([
    ["both at the end", "20250701000000_main.sql", "20250801000000_side.sql"],
    ["the one merged later before the other", "20250801000000_main.sql", "20250701000000_side.sql"],
    ["one in the middle", "20250801000000_main.sql", "20250301000000_side.sql"],
    ["one at the very beginning", "20240101000000_main.sql", "20250801000000_side.sql"],
  ])("%s", (_, onMain, onSide) => {
    using repository = twoBranches(onMain, onSide);
    expect(() => repository.git("merge", "side")).toThrow();
    expect(repository.git("diff", "--name-only", "--diff-filter=U").trim()).toBe("gander.sum");
    expect(problems(repository)).toEqual(["git's conflict markers"]);
    writeSum(repository.path);
    expect(problems(repository)).toEqual([]);
  });

  test("one who takes both sides as they stand is told, too", () => {
    using repository = twoBranches("20250701000000_main.sql", "20250801000000_side.sql");
    writeFileSync(join(repository.path, ".gitattributes"), "gander.sum merge=union\n");
    repository.git("merge", "-q", "side");
    expect(readFileSync(join(repository.path, "gander.sum"), "utf8").split("\n")).toHaveLength(5);
    expect(problems(repository)).toEqual([
      "the line of 20250801000000_side.sql was made after another one than stands before it",
    ]);
  });

  test("a branch alone merges as ever, through line ends that git changes", () => {
    using repository = twoBranches("20250701000000_main.sql", "20250801000000_side.sql");
    repository.git("switch", "-q", "-c", "later", "side");
    createMigration(repository.path, { name: "more", now: new Date("2025-09-01T00:00:00Z") });
    repository.commit("More");
    repository.git("switch", "-q", "side");
    repository.git("config", "core.autocrlf", "true");
    repository.git("merge", "-q", "later");
    expect(problems(repository)).toEqual([]);
  });
});
