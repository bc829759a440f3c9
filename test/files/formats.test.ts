import { describe, expect, test } from "vitest";
import { readDbmate } from "../../src/files/formats/dbmate.ts";
import { readNodePgMigrate } from "../../src/files/formats/node-pg-migrate.ts";
import { readSqlMigrate } from "../../src/files/formats/sql-migrate.ts";
import { readSqitchPlan } from "../../src/files/formats/sqitch-plan.ts";

const trimmed = <T extends { up: string; down: string | undefined }>(migration: T) => ({
  ...migration,
  up: migration.up.trim(),
  down: migration.down?.trim(),
});

describe("dbmate", () => {
  const read = (text: string) => trimmed(readDbmate("x.sql", text));
  test.each([
    ["-- migrate:up\nA;\n-- migrate:down\nB;\n", { up: "A;", down: "B;", transaction: true }],
    ["--migrate:up\nA;\n", { up: "A;", down: undefined, transaction: true }],
    [
      "-- head\n-- migrate:up transaction:false\nA;\n-- migrate:down\n",
      { up: "-- head\nA;", down: "", transaction: false },
    ],
    ["-- migrate:up\nA;\n-- migrate:down transaction:false\nB;", { up: "A;", down: "B;", transaction: false }],
    ["-- migrate:up\r\nA;\r\n-- migrate:down\r\nB;\r\n", { up: "A;", down: "B;", transaction: true }],
    ["-- migrate:up foo:bar\nA;", { up: "A;", down: undefined, transaction: true }],
  ])("%j", (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  test("without an up block it is none", () => {
    expect(() => read("CREATE TABLE a ();")).toThrow(/x\.sql: it has no line -- migrate:up/);
  });
});

describe("sql-migrate", () => {
  const read = (text: string) => trimmed(readSqlMigrate("x.sql", text));
  test.each([
    ["-- +migrate Up\nA;\n-- +migrate Down\nB;\n", { up: "A;", down: "B;", transaction: true }],
    ["-- +migrate Up notransaction\nA;", { up: "A;", down: undefined, transaction: false }],
    ["-- +migrate Up\nA;\n-- +migrate Down notransaction\nB;", { up: "A;", down: "B;", transaction: false }],
    [
      "-- +migrate Up\n-- +migrate StatementBegin\nA\n-- +migrate StatementEnd\nB;",
      { up: "A\n;\nB;", down: undefined, transaction: true },
    ],
    [
      "-- +migrate Up\n-- +migrate StatementBegin\nA;\n-- +migrate StatementEnd\nB;",
      { up: "A;\nB;", down: undefined, transaction: true },
    ],
    ["ignored;\n-- +migrate Down\nB;\n-- +migrate Up\nA;\n", { up: "A;", down: "B;", transaction: true }],
  ])("%j", (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  test("without an annotation it is none", () => {
    expect(() => read("A;")).toThrow(/it has no line -- \+migrate Up/);
  });
});

test.each([
  ["A;", { up: "A;", down: undefined, transaction: true }],
  ["-- Up Migration\nA;\n-- Down Migration\nB;", { up: "A;", down: "B;", transaction: true }],
  ["-- down migration\nB;\n--- UP  migration\nA;", { up: "A;", down: "B;", transaction: true }],
])("node-pg-migrate: %j", (text, expected) => {
  expect(trimmed(readNodePgMigrate(text))).toEqual(expected);
});

test("a sqitch plan: pragmas, comments, dependencies, tags, and a change that was reworked", () => {
  const plan = [
    "%syntax-version=1.0.0",
    "%project=app",
    "# a comment",
    "",
    "users 2024-01-01T00:00:00Z Ann <a@b> # note with words",
    "lists [users !old] 2024-01-02T00:00:00Z Ann <a@b>",
    "@v1.0 2024-01-03T00:00:00Z Ann <a@b> # tag",
    "+users [users@v1.0] 2024-01-04T00:00:00Z Ann <a@b>",
    "@v1.1 2024-01-05T00:00:00Z Ann <a@b>",
  ].join("\r\n");
  expect(readSqitchPlan(plan)).toEqual([
    { name: "users", script: "users@v1.0" },
    { name: "lists", script: "lists" },
    { name: "users", script: "users" },
  ]);
});
