import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

test("docs/errors.md lists the codes that the code has", () => {
  const declared = [...read("src/errors.ts").matchAll(/^ {2}\| "(GANDER_\w+)"/gm)].map((match) => match[1]);
  const listed = [...read("docs/errors.md").matchAll(/^\| `(GANDER_\w+)`/gm)].map((match) => match[1]);
  expect(declared.length).toBeGreaterThan(10);
  expect(listed.toSorted()).toEqual(declared.toSorted());
});
