import { expect, test } from "vitest";
import { createTerminal } from "../../src/cli/terminal.ts";
import { PassThrough } from "node:stream";

function colours(environment: Record<string, string>, isTTY: boolean, noColor = false): boolean {
  const stream = { isTTY, write: () => true };
  const terminal = createTerminal({ stdin: new PassThrough(), stdout: stream, stderr: stream }, environment, noColor);
  return terminal.out.view.style("bad", "x") !== "x";
}

test.each([
  [{}, true, false, true],
  [{}, false, false, false],
  [{ NO_COLOR: "1" }, true, false, false],
  [{ NO_COLOR: "" }, true, false, true],
  [{ TERM: "dumb" }, true, false, false],
  [{ FORCE_COLOR: "1" }, false, false, true],
  [{ FORCE_COLOR: "1", NO_COLOR: "1" }, false, false, true],
  [{ FORCE_COLOR: "0" }, true, false, false],
  [{ FORCE_COLOR: "1" }, true, true, false],
])("%o, terminal %s, --no-color %s: colours %s", (environment, isTTY, noColor, expected) => {
  expect(colours(environment, isTTY, noColor)).toBe(expected);
});

test("each stream is judged by itself, and a pipe has no width", () => {
  const stream = (isTTY: boolean, columns: number) => ({ isTTY, columns, write: () => true });
  const { out, log, interactive } = createTerminal(
    { stdin: Object.assign(new PassThrough(), { isTTY: true }), stdout: stream(false, 60), stderr: stream(true, 60) },
    {},
    false,
  );
  expect(out.view.style("bad", "x")).toBe("x");
  expect(log.view.style("bad", "x")).toBe("\u001b[31mx\u001b[39m");
  expect([out.view.width, log.view.width, out.movable, log.movable, interactive]).toEqual([
    Number.POSITIVE_INFINITY,
    60,
    false,
    true,
    true,
  ]);
});
