import { describe, expect, test } from "vitest";
import { compareStatements } from "../../src/files/compare-statements.ts";
import { parse } from "./parse.ts";

function statements(...sql: readonly string[]) {
  return parse(`-- +goose Up\n${sql.map((one) => `${one};`).join("\n")}\n`).up;
}

function changes(before: readonly string[], now: readonly string[], done: number): readonly string[] {
  const { ran } = compareStatements(statements(...before), statements(...now), done);
  return ran.map(({ change, statement }) => `${change} ${statement}`);
}

const FOUR = ["SELECT 1", "SELECT 2", "SELECT 3", "SELECT 4"];

describe("statements that have run, held against the file now", () => {
  test("comments, white space and line ends say nothing", () => {
    const now = parse("-- +goose Up\r\n/* new */ SELECT\r\n  1;\r\nSELECT '\r\n' -- why\r\n;\r\n").up;
    expect(compareStatements(statements("SELECT 1", "SELECT '\n'"), now, 2)).toEqual({ ran: [], restChanged: false });
  });

  test("a literal that differs by a blank is another one", () => {
    expect(changes(["SELECT 'a'"], ["SELECT 'a '"], 1)).toEqual(["changed 1"]);
  });

  test("what comes after them may be mended, inserted and removed", () => {
    const before = statements(...FOUR);
    expect(compareStatements(before, statements(...FOUR), 2)).toEqual({ ran: [], restChanged: false });
    expect(compareStatements(before, statements("SELECT 1", "SELECT 2", "SELECT 33", "SELECT 4"), 2)).toEqual({
      ran: [],
      restChanged: true,
    });
    expect(changes(FOUR, ["SELECT 1", "SELECT 2", "SELECT 0", "SELECT 3"], 2)).toEqual([]);
    expect(changes(FOUR, ["SELECT 1", "SELECT 2"], 2)).toEqual([]);
  });

  test.each([
    ["one inserted before all", ["SELECT 0", ...FOUR], 2, ["inserted 1"]],
    ["one inserted between", ["SELECT 1", "SELECT 0", "SELECT 2", "SELECT 3", "SELECT 4"], 2, ["inserted 2"]],
    ["one removed", ["SELECT 1", "SELECT 3", "SELECT 4"], 2, ["removed 2"]],
    ["one changed", ["SELECT 1", "SELECT 22", "SELECT 3", "SELECT 4"], 3, ["changed 2"]],
    ["two that changed places", ["SELECT 2", "SELECT 1", "SELECT 3", "SELECT 4"], 2, ["inserted 1", "removed 2"]],
    ["all gone", [], 2, ["removed 1", "removed 2"]],
    ["two made one block's worth of others", ["SELECT 5", "SELECT 4"], 3, ["changed 1", "removed 2", "removed 3"]],
  ])("%s", (_, now, done, expected) => expect(changes(FOUR, now as string[], done as number)).toEqual(expected));
});
