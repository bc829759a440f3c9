import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { FileError, UsageError } from "../../src/errors.ts";
import type { FileProblem } from "../../src/errors.ts";
import { readMigrations } from "../../src/files/read-migrations.ts";
import type { MigrationsInput } from "../../src/options.ts";
import { makeFolder, SIMPLE } from "./folder.ts";

function problemsOf(input: MigrationsInput): readonly FileProblem[] {
  try {
    readMigrations(input, { env: {} });
    return [];
  } catch (error) {
    if (error instanceof FileError) return error.problems;
    throw error;
  }
}

test("reads a folder in the order of its versions, which are no strings and no doubles", () => {
  using folder = makeFolder({
    "10_b.sql": SIMPLE,
    "9_a.sql": SIMPLE,
    "+0011_c.sql": SIMPLE,
    "9223372036854775807_last.sql": SIMPLE,
    "9223372036854775806_nearly.sql": SIMPLE,
  });
  const set = readMigrations(folder.path);
  expect(set.migrations.map(({ version, name }) => [version, name])).toEqual([
    [9n, "9_a.sql"],
    [10n, "10_b.sql"],
    [11n, "+0011_c.sql"],
    [9_223_372_036_854_775_806n, "9223372036854775806_nearly.sql"],
    [9_223_372_036_854_775_807n, "9223372036854775807_last.sql"],
  ]);
  expect(set.migrations[0]?.path).toBe(join(folder.path, "9_a.sql"));
  expect([set.description, set.warnings]).toEqual([folder.path, []]);
});

test("takes a file URL and files in memory", () => {
  using folder = makeFolder({ "1_a.sql": SIMPLE });
  expect(readMigrations(pathToFileURL(`${folder.path}/`)).migrations.length).toBe(1);
  expect(readMigrations(pathToFileURL(folder.path).href).migrations.length).toBe(1);
  const bundle = readMigrations([
    { name: "./migrations/2_b.sql", text: SIMPLE },
    { name: "1_a.sql", text: SIMPLE },
    { name: "README.md", text: "" },
  ]);
  expect(bundle.migrations.map(({ name, path }) => [name, path])).toEqual([
    ["1_a.sql", "1_a.sql"],
    ["2_b.sql", "./migrations/2_b.sql"],
  ]);
  expect(() => readMigrations(new URL("https://example.com/migrations"))).toThrow(UsageError);
});

test("ignores what is plainly no migration, and tells what looks like one", () => {
  using folder = makeFolder({
    "1_a.sql": SIMPLE,
    "README.md": "",
    "other.sum": "",
    ".2_x.sql": "nothing",
    "._1_a.sql": new Uint8Array([0, 1, 255]),
    "1_a.sql.bak": "",
    "embed.go": "",
    "3_x_test.go": "",
    "sub/4_x.sql": "nothing",
    "00005_go.go": "",
    "6_script.ts": "",
    "7_types.d.ts": "",
    "8_UPPER.SQL": "",
  });
  const { migrations, warnings } = readMigrations(folder.path);
  expect(migrations.length).toBe(1);
  expect(warnings).toMatchObject([
    { kind: "go-migration", file: join(folder.path, "00005_go.go") },
    { kind: "script", file: join(folder.path, "6_script.ts") },
    { kind: "extension", file: join(folder.path, "8_UPPER.SQL"), hint: "rename it to 8_UPPER.sql if it is one" },
  ]);
});

test("names every file that cannot be used, and why", () => {
  using folder = makeFolder({
    "1.sql": SIMPLE,
    "abc_x.sql": SIMPLE,
    "0_x.sql": SIMPLE,
    "-5_x.sql": SIMPLE,
    "_x.sql": SIMPLE,
    "9223372036854775808_x.sql": SIMPLE,
    "2_folder.sql": undefined,
    "3_broken.sql": "SELECT 1;",
    "4_latin.sql": Buffer.from("-- +goose Up\n-- gr\xfc\xdfe\n", "latin1"),
    "5_binary.sql": new Uint8Array([0, 255, 1, 2]),
    "6_utf16.sql": Buffer.from(`\ufeff${SIMPLE}`, "utf16le"),
    "7_a.sql": SIMPLE,
    "007_b.sql": "nothing",
    "8_good.sql": SIMPLE,
  });
  symlinkSync("nowhere", join(folder.path, "9_gone.sql"));
  const problems = problemsOf(folder.path).map(
    ({ file, message }) => `${file.slice(folder.path.length + 1)}: ${message}`,
  );
  expect(problems.toSorted()).toEqual(
    [
      "1.sql: its name has no _ after the version",
      'abc_x.sql: its name begins with "abc", which is not a whole number',
      "0_x.sql: its version is 0; versions begin at 1",
      "-5_x.sql: its version is -5; versions begin at 1",
      "_x.sql: its name has no version before the first _",
      "9223372036854775808_x.sql: its version is larger than 9223372036854775807, the largest that a bigint holds",
      "2_folder.sql: it is a folder with the name of a migration file",
      "3_broken.sql: expected -- +goose Up before this",
      "4_latin.sql: the file is not UTF-8: this character is broken",
      "5_binary.sql: the file is binary, not SQL",
      "6_utf16.sql: the file is UTF-16, not UTF-8",
      "007_b.sql: expected -- +goose Up before this",
      `7_a.sql: it has the version 7, which ${join(folder.path, "007_b.sql")} has too`,
      "9_gone.sql: it is gone, or a link to a file that does not exist",
    ].toSorted(),
  );
  expect(() => readMigrations(folder.path)).toThrow(
    `14 migration files in ${folder.path} cannot be used: -5_x.sql, 007_b.sql, 0_x.sql, 1.sql, 2_folder.sql and 9 more`,
  );
});

test("a bad character has its place", () => {
  using folder = makeFolder({ "1_x.sql": Buffer.from("-- +goose Up\n-- gr\xfc\xdfe\n", "latin1") });
  expect(problemsOf(folder.path)).toMatchObject([{ line: 2, column: 6 }]);
});

test("golang-migrate's pairs are recognised", () => {
  const problems = problemsOf([
    { name: "1_a.up.sql", text: "CREATE TABLE a ();" },
    { name: "1_a.down.sql", text: "DROP TABLE a;" },
  ]);
  for (const { hint } of problems)
    expect(hint).toContain("golang-migrate keeps Up and Down in two files: join them into one");
  expect(problems.length).toBe(3);
});

describe("a folder that is", () => {
  test("not there: how to make it, and where it was looked for", () => {
    expect(() => readMigrations("no-such-folder/here")).toThrow(join(process.cwd(), "no-such-folder/here"));
    expect(problemsOf("no-such-folder")).toMatchObject([
      { file: "no-such-folder", hint: expect.stringMatching(/gander init.*gander create/) as string },
    ]);
  });

  test("a file", () => {
    using folder = makeFolder({ "1_a.sql": SIMPLE });
    expect(problemsOf(join(folder.path, "1_a.sql"))).toMatchObject([
      { message: expect.stringContaining("is a file, not a folder") as string },
    ]);
  });

  test("empty: a warning", () => {
    using folder = makeFolder({ "README.md": "" });
    expect(readMigrations(folder.path)).toMatchObject({
      migrations: [],
      warnings: [{ kind: "no-migrations", message: `there are no migrations in ${folder.path}` }],
    });
    expect(readMigrations([]).warnings.map(({ message }) => message)).toEqual([
      "there are no migrations in the bundle",
    ]);
  });
});

test("ENVSUB sees process.env unless another environment is given", () => {
  const file = { name: "1_x.sql", text: "-- +goose Up\n-- +goose ENVSUB ON\nSELECT '$PATH';\n" };
  expect(readMigrations([file]).migrations[0]?.up[0]?.substitutions[0]?.value).toBe(process.env["PATH"]);
  expect(readMigrations([file], { env: { PATH: "x" } }).migrations[0]?.up[0]?.sql).toBe("SELECT 'x';");
});
