import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FileError, UsageError } from "../../src/errors.ts";
import { createMigration, snakeCase } from "../../src/files/create-migration.ts";
import { parseMigration } from "../../src/files/parse-migration.ts";
import { writeSum } from "../../src/files/sum/write-sum.ts";
import { makeFolder, SIMPLE } from "./folder.ts";

const now = new Date("2025-06-01T08:09:10.999Z");

test("makes a file with the time in UTC that is a valid migration", () => {
  using folder = makeFolder();
  const made = createMigration(folder.path, { name: "Add users' e-mail", now });
  expect(made).toMatchObject({
    version: 20250601080910n,
    name: "20250601080910_add_users_e_mail.sql",
    smallVersions: [],
  });
  const text = readFileSync(made.path, "utf8");
  expect(parseMigration({ name: made.name, path: made.path, text })).toMatchObject({
    up: [],
    down: [],
    downProblem: undefined,
  });
});

test.each([
  ["AddUsers", "addusers"],
  ["  größe & Füße!! ", "größe_füße"],
  ["用户 表", "用户_表"],
  ["add_users.sql", "add_users"],
  ["../../etc/passwd", "etc_passwd"],
  ["v2.1", "v2_1"],
])("the name %s", (name, title) => expect(snakeCase(name)).toBe(title));

test("versions grow, in the same second and where another clock is ahead", () => {
  using folder = makeFolder({ "20250601080959_x.sql": SIMPLE });
  const versions = ["a", "a", "b"].map((name) => createMigration(folder.path, { name, now }).version);
  expect(versions).toEqual([20250601081000n, 20250601081001n, 20250601081002n]);
  using later = makeFolder({ "20251231235959_x.go": "", "20250101000000000_ms.sql": SIMPLE });
  expect(createMigration(later.path, { name: "a", now }).version).toBe(20250101000000001n);
});

describe("numbers", () => {
  test("go on after the last one", () => {
    using folder = makeFolder({ "00001_a.sql": SIMPLE, "41_b.go": "" });
    expect(createMigration(folder.path, { name: "c", numbering: "sequential", now }).name).toBe("00042_c.sql");
    using empty = makeFolder();
    expect(createMigration(empty.path, { name: "c", numbering: "sequential", now }).name).toBe("00001_c.sql");
  });

  test("do not come after timestamps", () => {
    using folder = makeFolder({ "00001_a.sql": SIMPLE, "20250101000000_b.sql": SIMPLE });
    expect(() => createMigration(folder.path, { name: "c", numbering: "sequential", now })).toThrow(UsageError);
  });
});

test("small numbers beside timestamps are told", () => {
  using folder = makeFolder({ "20250101000000_a.sql": SIMPLE, "005_slots.sql": SIMPLE });
  const { smallVersions } = createMigration(folder.path, { name: "b", now });
  expect(smallVersions.map(({ file, newName }) => [file.name, newName])).toEqual([
    ["005_slots.sql", "20250101000001_slots.sql"],
  ]);
});

test("names without a letter, and names that are too long", () => {
  using folder = makeFolder();
  expect(() => createMigration(folder.path, { name: " -- ", now })).toThrow(UsageError);
  expect(() => createMigration(folder.path, { name: "x".repeat(250), now })).toThrow("the name is too long: 269 bytes");
  expect(folder.names()).toEqual([]);
});

test("a folder is made when asked for", () => {
  using folder = makeFolder({ file: "" });
  const path = join(folder.path, "db", "migrations");
  expect(() => createMigration(path, { name: "a", now })).toThrow(FileError);
  expect(createMigration(path, { name: "a", now, makeFolder: true }).path).toBe(join(path, "20250601080910_a.sql"));
  expect(() => createMigration(join(folder.path, "file"), { name: "a", now, makeFolder: true })).toThrow(
    "it exists already",
  );
});

describe("a folder with a sum", () => {
  const options = { name: "b", now };

  test("gets a line for the file at its end", () => {
    using folder = makeFolder({ "20250101000000_a.sql": SIMPLE });
    expect(createMigration(folder.path, { ...options, name: "x" }).isSummed).toBe(false);
    writeSum(folder.path);
    const before = readFileSync(join(folder.path, "gander.sum"), "utf8");
    expect(createMigration(folder.path, options).isSummed).toBe(true);
    const after = readFileSync(join(folder.path, "gander.sum"), "utf8");
    expect(after.startsWith(before)).toBe(true);
    expect(after.slice(before.length)).toMatch(/^20250601080911_b\.sql h1:\S+\n$/);
  });

  test("gets no file where the sum is off", () => {
    using folder = makeFolder({ "20250101000000_a.sql": SIMPLE, "gander.sum": "" });
    expect(() => createMigration(folder.path, options)).toThrow("20250101000000_a.sql: it is not in gander.sum");
    expect(folder.names()).toEqual(["20250101000000_a.sql", "gander.sum"]);
  });
});
