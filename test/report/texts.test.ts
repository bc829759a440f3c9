import { describe, expect, test } from "vitest";
import { counted } from "../../src/report/counted.ts";
import { displayWidth, fitDisplay, padDisplay } from "../../src/report/display-width.ts";
import { durationText } from "../../src/report/duration-text.ts";
import { paragraph } from "../../src/report/paragraph.ts";
import { printable, printableLine } from "../../src/report/printable.ts";
import { renderRunResult } from "../../src/report/render-run-result.ts";
import { renderTable } from "../../src/report/render-table.ts";
import { plainView } from "../../src/report/view.ts";
import type { RunResult, StepResult } from "../../src/run/result.ts";

test.each([
  [0, "<1 ms"],
  [1, "1 ms"],
  [999.4, "999 ms"],
  [999.6, "1 s"],
  [1234, "1.2 s"],
  [59_949, "59.9 s"],
  [59_960, "1 min"],
  [125_000, "2 min 5 s"],
  [3_599_600, "1 h"],
  [3_780_000, "1 h 3 min"],
  [90_000_000, "25 h"],
])("%d ms is %s", (milliseconds, text) => {
  expect(durationText(milliseconds)).toBe(text);
});

test("numbers with their nouns", () => {
  expect([0, 1, 2, 1234].map((count) => counted(count, "row"))).toEqual(["no rows", "1 row", "2 rows", "1,234 rows"]);
});

test("what a terminal would obey is shown instead", () => {
  expect(printable("a\u001b]0;x\u0007b\tc\r\nd\re\u009bf\u2066g")).toBe("a\\x1b]0;x\\x07b\tc\nd\\x0de\\x9bf\\u2066g");
  expect(printableLine("a\n\tb")).toBe("a b");
  expect(printable("日本 é 👍")).toBe("日本 é 👍");
});

test("widths are those of a terminal", () => {
  expect(["abc", "日本", "e\u0301", "👍", "\u001b[31mx\u001b[39m"].map(displayWidth)).toEqual([3, 4, 1, 2, 1]);
  expect(padDisplay("日", 4)).toBe("日  ");
  expect(fitDisplay("日本語", 5)).toBe("日本…");
  expect(fitDisplay("abc", 3)).toBe("abc");
  expect(
    renderTable([
      ["日本", "x"],
      ["a", "yy"],
      ["b", ""],
    ]),
  ).toEqual(["日本  x", "a     yy", "b"]);
});

test("paragraphs break at blanks, and leave commands whole", () => {
  expect(paragraph("one two three\n  a command that is long", 9, "> ")).toEqual([
    "> one two",
    "> three",
    ">   a command that is long",
  ]);
});

describe("what a run did", () => {
  const step = (direction: "up" | "down"): StepResult => ({
    direction,
    version: 1n,
    name: "1_x.sql",
    statements: 1,
    durationMs: 1,
  });
  const result = (change: Partial<RunResult>): RunResult => ({
    direction: "up",
    steps: [],
    from: 0n,
    to: 1n,
    warnings: [],
    durationMs: 812,
    ...change,
  });
  test.each([
    [{ steps: [step("up")] }, "1 migration applied in 812 ms. The database is at version 1."],
    [{ steps: [step("down"), step("down")], to: 0n }, "2 migrations rolled back in 812 ms. Nothing is applied now."],
    [
      { steps: [step("down"), step("up")] },
      "1 migration rolled back and applied again in 812 ms. The database is at version 1.",
    ],
    [{}, "Nothing to do. The database is at version 1."],
    [{ to: 0n }, "Nothing to do. Nothing is applied."],
  ])("%o", (change, text) => {
    expect(renderRunResult(result(change), plainView)).toBe(text);
  });
});
