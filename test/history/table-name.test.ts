import { describe, expect, test } from "vitest";
import { ConfigError } from "../../src/index.ts";
import { describeTable, parseTableName, quoteLogTable, quoteTable } from "../../src/history/table-name.ts";
import { recogniseTool } from "../../src/history/foreign-table.ts";

describe("parseTableName", () => {
  test.each([
    ["migrations", undefined, "migrations"],
    ["App.Migrations", "app", "migrations"],
    ['"App"."My ""Table"""', "App", 'My "Table"'],
    ['app."a.b"', "app", "a.b"],
    [" größe ", undefined, "größe"],
    ["_x$1", undefined, "_x$1"],
  ])("reads %s as PostgreSQL does", (text, schema, name) => {
    expect(parseTableName(text)).toEqual({ schema, name });
  });

  test.each(["", ".", "a.", ".a", "a.b.c", "1a", "a b", 'a"b', '""', '"a', "a;drop", "x".repeat(59), "ö".repeat(30)])(
    "refuses %j",
    (text) => {
      expect(() => parseTableName(text)).toThrow(ConfigError);
    },
  );

  test("a name that is quoted again is the same table", () => {
    const table = { schema: 'S"1', name: "T.x" };
    expect(parseTableName(quoteTable(table))).toEqual(table);
    expect(quoteLogTable(table)).toBe('"S""1"."T.x_log"');
    expect(describeTable({ schema: "app", name: "m" })).toBe("app.m");
  });
});

test.each([
  ["golang-migrate", ["version", "dirty"]],
  ["Ecto", ["version", "inserted_at"]],
  ["Rails or dbmate", ["version"]],
  ["goose", ["id", "version_id", "is_applied", "tstamp"]],
  ["another tool", ["version", "remark"]],
  ["another tool", []],
])("recognises the table of %s", (tool, columns) => {
  expect(recogniseTool(columns)).toBe(tool);
});
