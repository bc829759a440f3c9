import { expect, test } from "vitest";
import { parseDuration } from "../../src/cli/parse-duration.ts";

test.each([
  ["500ms", 500],
  ["2s", 2000],
  ["10m", 600_000],
  ["10min", 600_000],
  ["1h30m", 5_400_000],
  ["1h 30m", 5_400_000],
  ["1.5h", 5_400_000],
  ["2", 2000],
  ["0.5", 500],
  ["0", 0],
  ["0s", 0],
  ["1m0.5s", 60_500],
  ["1d", 86_400_000],
  ["1500us", 2],
  // Less than what can be waited for is not "no limit".
  ["10ns", 1],
])("%s is %d ms", (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each(["", "s", "-5s", "5x", "5 apples", "1h30", "x5s", "5s!", "1e3", "Infinity", "NaN", "25d", "9999999999"])(
  "%s is no duration",
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);
