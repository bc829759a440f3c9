import { expect, test } from "vitest";
import { suggest } from "../../src/files/suggest.ts";

const words = ["status", "up", "up-to", "version", "validate"];

test.each([
  ["stauts", "status"],
  ["STATUS", "status"],
  ["verison", "version"],
  ["valid", "validate"],
  ["upp", "up"],
  ["pu", "up"],
  ["deploy", undefined],
  ["", undefined],
])("%s", (word, meant) => expect(suggest(word, words)).toBe(meant));

test("nothing to choose from", () => expect(suggest("a", [])).toBeUndefined());
