import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { GANDER_VERSION } from "../src/version.ts";

test("the version that is written into the log is the package's", () => {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  expect(GANDER_VERSION).toBe(JSON.parse(text).version);
});
