import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createMigrator, type GanderError, migrateOnStart } from "../../src/index.ts";
import { runGander } from "../cli/run-gander.ts";
import { makeFolder } from "../files/folder.ts";
import { hasGit, makeRepository, type Repository } from "../git/repository.ts";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import { newestServer } from "../support/server-list.ts";
import { writeSum } from "../../src/files/sum/write-sum.ts";

const table = (name: string): string =>
  `-- +goose Up\nCREATE TABLE ${name} (id int);\n-- +goose Down\nDROP TABLE ${name};\n`;
const A = "20250101000000_a.sql";
const LATE = "20250201000000_late.sql";
const LATER = "20250215000000_later.sql";
const B = "20250301000000_b.sql";

async function failure(work: Promise<unknown>): Promise<GanderError> {
  return work.then(
    () => Promise.reject(new Error("it did not fail")),
    (error: GanderError) => error,
  );
}

/** A branch with two migrations is merged after a newer one has been applied. */
async function mergedLate(database: TestDatabase): Promise<{ repository: Repository; dir: string; commits: string[] }> {
  const repository = makeRepository();
  const dir = join(repository.path, "migrations");
  repository.commit("Start", { [`migrations/${A}`]: table("a") });
  repository.git("switch", "-q", "-c", "late");
  const commits = [
    repository.commit("Add late", { [`migrations/${LATE}`]: table("late") }, "Grace Hopper"),
    repository.commit("Add later", { [`migrations/${LATER}`]: table("later") }),
  ];
  repository.git("switch", "-q", "main");
  repository.commit("Add b", { [`migrations/${B}`]: table("b") });
  await migrateOnStart({ database: database.url, migrations: dir });
  repository.git("merge", "-q", "--no-edit", "late");
  return { repository, dir, commits };
}

describe.runIf(hasGit)("a version that is missing", () => {
  test("is told with the commit and the author that brought it, and with the ways out", async () => {
    await using database = await createDatabase(newestServer());
    const { repository, dir, commits } = await mergedLate(database);
    using _ = repository;
    await using migrator = createMigrator({ database: database.url, migrations: dir });
    for (const call of [() => migrator.up(), () => migrator.plan()]) {
      const error = await failure(call());
      const [first, ...lines] = error.message.split("\n");
      expect(first).toBe(`2 migrations older than the newest applied one were never applied: ${LATE}, ${LATER}`);
      const day = String.raw`on \d{4}-\d\d-\d\d`;
      expect(lines).toEqual([
        expect.stringMatching(
          new RegExp(`^  ${LATE} came with ${commits[0]?.slice(0, 10)} by Grace Hopper ${day}: Add late$`),
        ),
        expect.stringMatching(
          new RegExp(`^  ${LATER} came with ${commits[1]?.slice(0, 10)} by Ada Lovelace ${day}: Add later$`),
        ),
      ]);
      expect(error).toMatchObject({ code: "GANDER_HISTORY_MISSING", versions: [20250201000000n, 20250215000000n] });
      expect(error.hint).toMatch(/gander fix --missing(.|\n)*gander up --missing apply/);
    }
  });

  test("in a shallow clone it is said why nobody knows", async () => {
    await using database = await createDatabase(newestServer());
    const { repository } = await mergedLate(database);
    using _ = repository;
    using clone = makeRepository(["--depth", "1", `file://${repository.path}`]);
    const error = await failure(migrateOnStart({ database: database.url, migrations: join(clone.path, "migrations") }));
    expect(error.message.split("\n").slice(1)).toEqual([
      "  who brought them is not known: this clone is shallow: git knows only the newest commits (git fetch --unshallow gets all)",
    ]);
  });

  test("without git, outside a repository, and in a bundle it is told all the same", async () => {
    await using database = await createDatabase(newestServer());
    const { repository, dir } = await mergedLate(database);
    using _ = repository;
    const first = `2 migrations older than the newest applied one were never applied: ${LATE}, ${LATER}`;
    using outside = makeFolder({ [A]: table("a"), [LATE]: table("late"), [LATER]: table("later"), [B]: table("b") });
    expect((await failure(migrateOnStart({ database: database.url, migrations: outside.path }))).message).toBe(first);
    const bundle = [A, LATE, LATER, B].map((name) => ({ name, text: table(name.slice(15, -4)) }));
    expect((await failure(migrateOnStart({ database: database.url, migrations: bundle }))).message).toBe(first);
    const path = process.env["PATH"];
    process.env["PATH"] = outside.path;
    try {
      expect((await failure(migrateOnStart({ database: database.url, migrations: dir }))).message).toBe(first);
    } finally {
      process.env["PATH"] = path;
    }
  });

  test("a start with nothing wrong asks git nothing", async () => {
    await using database = await createDatabase(newestServer());
    using tools = makeFolder({ git: '#!/bin/sh\n: > "$0.was-run"\nexit 1\n' });
    chmodSync(join(tools.path, "git"), 0o755);
    using folder = makeFolder({ [A]: table("a") });
    const path = process.env["PATH"];
    process.env["PATH"] = tools.path;
    try {
      for (const expected of [1, 0]) {
        const { steps } = await migrateOnStart({ database: database.url, migrations: folder.path });
        expect(steps).toHaveLength(expected);
      }
    } finally {
      process.env["PATH"] = path;
    }
    expect(tools.names()).toEqual(["git"]);
  });
});

describe.runIf(hasGit)("gander fix --missing", () => {
  const now = new Date("2025-06-01T08:00:00Z");

  test("gives what is missing versions after the newest one, in git's index and in the sum, once it is confirmed", async () => {
    await using database = await createDatabase(newestServer());
    const { repository, dir } = await mergedLate(database);
    using _ = repository;
    writeSum(dir);
    repository.commit("Sum");
    const environment = { DATABASE_URL: database.url, GANDER_DIR: dir };
    const fix = ["fix", "--missing", "--git"];
    const names = (): string[] => repository.git("ls-files", "migrations").trim().split("\n");
    const before = names();

    const dry = await runGander([...fix, "--dry-run"], { environment, now });
    expect(dry.out).toMatch(
      /20250201000000_late\.sql {3}→ {2}20250601080000_late\.sql\n {2}20250215000000_later\.sql {2}→ {2}20250601080001_later\.sql/,
    );
    const unasked = await runGander(fix, { environment, now });
    expect(unasked).toMatchObject({ code: 2, log: expect.stringContaining("--yes") });
    expect(unasked.log).toContain("20250601080000_late.sql");
    expect(await runGander(fix, { environment, now, typed: "n\n" })).toMatchObject({ code: 2 });
    expect(names()).toEqual(before);

    expect((await runGander(fix, { environment, now, typed: "y\n" })).out).toContain("2 files renamed");
    const renamed = [
      `migrations/${A}`,
      `migrations/${B}`,
      "migrations/20250601080000_late.sql",
      "migrations/20250601080001_later.sql",
      "migrations/gander.sum",
    ];
    expect(names()).toEqual(renamed);
    expect(repository.git("diff", "--name-only")).toBe("");
    const up = await runGander(["up", "--json"], { environment });
    expect(up.json()).toMatchObject({ steps: [{ version: "20250601080000" }, { version: "20250601080001" }] });
    expect(await runGander([...fix, "--yes"], { environment })).toMatchObject({
      code: 0,
      out: "Nothing to rename. No migration is missing in the database.\n",
    });
  });

  test("never touches what is applied, and takes a file that failed and has fallen behind", async () => {
    await using database = await createDatabase(newestServer());
    using folder = makeFolder({ "00001_a.sql": table("a"), "00002_bad.sql": "-- +goose Up\nSELECT 1/0;\n" });
    const environment = { DATABASE_URL: database.url, GANDER_DIR: folder.path };
    expect(await runGander(["up"], { environment })).toMatchObject({ code: 1 });
    using newer = makeFolder({ "00001_a.sql": table("a"), "00004_d.sql": table("d") });
    expect(await runGander(["up", "-d", newer.path], { environment })).toMatchObject({ code: 0 });
    const fixed = await runGander(["fix", "--missing", "--yes", "--json"], { environment });
    expect(fixed.json()).toMatchObject({
      kind: "missing",
      renames: [{ from: "00002_bad.sql", to: "00005_bad.sql" }],
    });
    expect(folder.names()).toEqual(["00001_a.sql", "00005_bad.sql"]);
  });

  test("needs a database, takes no value, and is the policy of the other commands still", async () => {
    using folder = makeFolder({ "00001_a.sql": table("a") });
    const dir = ["-d", folder.path];
    expect((await runGander(["fix", "--missing", ...dir])).log).toContain("No database is configured");
    expect((await runGander(["fix", "--missing=apply", ...dir])).log).toContain("--missing takes no value here");
    expect((await runGander(["fix", "--missing", "apply", ...dir])).log).toContain("Too many arguments for 'fix'");
    expect((await runGander(["--table", "fix", "up", ...dir, "--missing"])).log).toContain("argument missing");
    expect(folder.names()).toEqual(["00001_a.sql"]);
  });
});

test("up names a small number beside timestamps, with its new name", async () => {
  await using database = await createDatabase(newestServer());
  using folder = makeFolder({ [A]: table("a"), [B]: table("b") });
  await migrateOnStart({ database: database.url, migrations: folder.path });
  using more = makeFolder({ [A]: table("a"), [B]: table("b"), "005_slots.sql": table("slots") });
  const error = await failure(migrateOnStart({ database: database.url, migrations: more.path }));
  expect(error).toMatchObject({ code: "GANDER_FILE", message: expect.stringContaining("005_slots.sql") });
  expect(error.hint).toContain("20250301000001_slots.sql (gander fix does it)");
  expect(error.hint).not.toContain("never applied");
  using both = makeFolder({
    [A]: table("a"),
    [LATE]: table("late"),
    [B]: table("b"),
    "20250401000000_c.sql": table("c"),
    "005_slots.sql": table("slots"),
  });
  const two = await failure(migrateOnStart({ database: database.url, migrations: both.path }));
  expect(two.hint).toContain(`never applied, too: ${LATE} (gander fix --missing renames all of these)`);
  const fixed = await runGander(["fix", "--missing", "--yes", "-d", both.path], {
    environment: { DATABASE_URL: database.url },
    now: new Date("2025-06-01T08:00:00Z"),
  });
  expect(fixed.code).toBe(0);
  expect(
    (await migrateOnStart({ database: database.url, migrations: both.path })).steps.map(({ name }) => name),
  ).toEqual(["20250401000000_c.sql", "20250601080000_slots.sql", "20250601080001_late.sql"]);
});
