import { expect, test } from "vitest";
import { parseMoment } from "../../src/cli/parse-moment.ts";

const now = new Date("2025-12-20T12:00:00Z");

test.each([
  ["2025-04-08", "2025-04-08T00:00:00.000Z"],
  ["2025-04-08 14:16", "2025-04-08T14:16:00.000Z"],
  ["2025-04-08T14:16:48.5Z", "2025-04-08T14:16:48.500Z"],
  ["2025-04-08T14:16:48+02:00", "2025-04-08T12:16:48.000Z"],
  ["90m", "2025-12-20T10:30:00.000Z"],
  ["1h30m ago", "2025-12-20T10:30:00.000Z"],
  ["7d", "2025-12-13T12:00:00.000Z"],
  ["30 days", "2025-11-20T12:00:00.000Z"],
  ["2 weeks ago", "2025-12-06T12:00:00.000Z"],
  ["1y", "2024-12-20T12:00:00.000Z"],
])("%s is %s", (text, moment) => {
  expect(parseMoment(text, "--since", now).toISOString()).toBe(moment);
});

test.each(["", "soon", "42", "2025-13-40", "2025-04-08 25:99", "999999999y"])("%j is no time", (text) => {
  expect(() => parseMoment(text, "--since", now)).toThrow("--since takes a time");
});
