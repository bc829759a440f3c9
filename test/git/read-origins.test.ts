import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readOrigins } from "../../src/git/read-origins.ts";
import { makeFolder } from "../files/folder.ts";
import { hasGit, makeRepository } from "./repository.ts";

const sql = (word: string): string => `-- +goose Up\nCREATE TABLE ${word} (id int);\nCREATE INDEX ON ${word} (id);\n`;

async function commitsOf(folder: string, ...names: readonly string[]): Promise<Record<string, string | undefined>> {
  const { byName } = await readOrigins(folder, names);
  return Object.fromEntries(names.map((name) => [name, byName.get(name)?.commit]));
}

describe.runIf(hasGit)("the commit that brought a file", () => {
  test("with its author, date and subject; one that is in no commit has none", async () => {
    using repository = makeRepository();
    const folder = join(repository.path, "db", "my migrations");
    repository.commit("Start", { "db/my migrations/1_a.sql": sql("a") });
    const commit = repository.commit("Add bé\n\nMore.", { "db/my migrations/2_bé.sql": sql("b") }, "Grace Hopper");
    repository.commit("Change it", { "db/my migrations/2_bé.sql": sql("b2") });
    repository.write({ "db/my migrations/3_c.sql": sql("c") });
    const { byName, gap } = await readOrigins(folder, ["2_bé.sql", "3_c.sql"]);
    expect(gap).toBeUndefined();
    expect([...byName]).toEqual([
      ["2_bé.sql", { commit, author: "Grace Hopper", date: expect.any(Date), subject: "Add bé" }],
    ]);
    expect(byName.get("2_bé.sql")?.date.getTime()).not.toBeNaN();
  });

  test("through a rename, and through a move of the whole folder", async () => {
    using repository = makeRepository();
    const first = repository.commit("First", { "sql/005_a.sql": sql("a"), "1_root.sql": sql("root") });
    repository.git("mv", "sql/005_a.sql", "sql/20250101000000_a.sql");
    repository.commit("Renumber");
    const second = repository.commit("Second", { "sql/20250102000000_b.sql": sql("b") });
    mkdirSync(join(repository.path, "packages", "server"), { recursive: true });
    repository.git("mv", "sql", "packages/server/migrations");
    repository.git("mv", "1_root.sql", "packages/server/migrations/1_root.sql");
    repository.commit("Move");
    const third = repository.commit("Third", { "packages/server/migrations/20250103000000_c.sql": sql("c") });
    const folder = join(repository.path, "packages", "server", "migrations");
    expect(
      await commitsOf(folder, "20250101000000_a.sql", "20250102000000_b.sql", "20250103000000_c.sql", "1_root.sql"),
    ).toEqual({
      "20250101000000_a.sql": first,
      "20250102000000_b.sql": second,
      "20250103000000_c.sql": third,
      "1_root.sql": first,
    });
  });

  test("of a branch that was merged, the commit in the branch; of one that came with the merge itself, the merge", async () => {
    using repository = makeRepository();
    repository.commit("Start", { "1_a.sql": sql("a") });
    repository.git("switch", "-q", "-c", "side");
    const side = repository.commit("Side", { "2_b.sql": sql("b") }, "Grace Hopper");
    repository.git("switch", "-q", "main");
    repository.commit("Main", { "3_c.sql": sql("c") });
    repository.git("merge", "-q", "--no-commit", "--no-ff", "side");
    const merge = repository.commit("Merge", { "4_d.sql": sql("d") });
    expect(await commitsOf(repository.path, "2_b.sql", "4_d.sql")).toEqual({ "2_b.sql": side, "4_d.sql": merge });
  });

  test("of one that was deleted and came back, the last time that it came", async () => {
    using repository = makeRepository();
    repository.commit("Add", { "1_a.sql": sql("a"), x: "" });
    repository.git("rm", "-q", "1_a.sql");
    repository.commit("Delete");
    const again = repository.commit("Add again", { "1_a.sql": sql("a") });
    expect(await commitsOf(repository.path, "1_a.sql")).toEqual({ "1_a.sql": again });
  });

  test("whatever git is configured to show", async () => {
    using repository = makeRepository();
    const settings = { "diff.relative": "true", "log.follow": "true", "color.ui": "always", "diff.renames": "false" };
    for (const [name, value] of Object.entries(settings)) repository.git("config", name, value);
    const first = repository.commit("First", { "m/1_a.sql": sql("a") });
    repository.git("mv", "m/1_a.sql", "m/2_a.sql");
    repository.commit("Rename");
    expect(await commitsOf(join(repository.path, "m"), "2_a.sql")).toEqual({ "2_a.sql": first });
  });
});

describe.runIf(hasGit)("where git does not know it", () => {
  test("a shallow clone: what came before it is a gap, what came since is known", async () => {
    using origin = makeRepository();
    origin.commit("Old", { "1_a.sql": sql("a") });
    origin.commit("Newer", { "2_b.sql": sql("b") });
    using clone = makeRepository(["--depth", "1", `file://${origin.path}`]);
    const here = clone.commit("Here", { "3_c.sql": sql("c") });
    const { byName, gap } = await readOrigins(clone.path, ["1_a.sql", "2_b.sql", "3_c.sql"]);
    expect([...byName].map(([name, { commit }]) => [name, commit])).toEqual([["3_c.sql", here]]);
    expect(gap).toMatchObject({ kind: "shallow", message: expect.stringContaining("git fetch --unshallow") });
  });

  test("no repository, an empty one, and a broken one", async () => {
    using folder = makeFolder({ "1_a.sql": sql("a") });
    expect(await readOrigins(folder.path, ["1_a.sql"])).toMatchObject({ gap: { kind: "no-repository" } });
    using empty = makeRepository();
    expect(await readOrigins(empty.path, ["1_a.sql"])).toEqual({ byName: new Map(), gap: undefined });
    using broken = makeRepository();
    broken.commit("Add", { "1_a.sql": sql("a") });
    writeFileSync(join(broken.path, ".git", "config"), "[core\n");
    expect(await readOrigins(broken.path, ["1_a.sql"])).toMatchObject({ gap: { kind: "failed" } });
  });

  test("no git", async () => {
    using folder = makeFolder();
    const path = process.env["PATH"];
    process.env["PATH"] = folder.path;
    try {
      const { gap } = await readOrigins(folder.path, ["1_a.sql"]);
      expect(gap).toEqual({ kind: "no-git", message: "git is not installed" });
    } finally {
      process.env["PATH"] = path;
    }
  });
});
