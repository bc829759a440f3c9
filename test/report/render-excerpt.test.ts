import { expect, test } from "vitest";
import { renderExcerpt } from "../../src/report/render-excerpt.ts";
import { plainView } from "../../src/report/view.ts";

const render = (lines: string[], line: number, column: number, firstLine = 9): string[] =>
  renderExcerpt({ firstLine, lines, line, column }, plainView);

test("the caret stands under the place, the gutter fits the largest number", () => {
  expect(render(["ALTER TABLE users", "  ADD nme text;", ""], 10, 7)).toEqual([
    "     9 | ALTER TABLE users",
    "  > 10 |   ADD nme text;",
    "       |       ^",
    "    11 |",
  ]);
});

test("tabs, wide characters and colours' commands do not move it", () => {
  expect(render(["\tx"], 9, 2).slice(0, 2)).toEqual(["  > 9 |   x", "      |   ^"]);
  expect(render(["'日本' x"], 9, 6)).toEqual(["  > 9 | '日本' x", "      |        ^"]);
  expect(render(["\u001b[2Jx"], 9, 5)).toEqual(["  > 9 | \\x1b[2Jx", "      |        ^"]);
});

test("of a long line the part around the place is shown", () => {
  const [text = "", caret = ""] = render([`${"a".repeat(5000)}!${"b".repeat(5000)}`], 9, 5001);
  expect(text.length).toBeLessThan(180);
  expect(text[caret.indexOf("^")]).toBe("!");
});

test("a column behind the end", () => {
  expect(render(["ab"], 9, 99)[1]).toBe("      |   ^");
});
