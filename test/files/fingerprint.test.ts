import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fingerprintFile, fingerprintText } from "../../src/files/fingerprint.ts";
import { openMigrations } from "../../src/files/open-migrations.ts";
import { readFingerprints } from "../../src/files/read-fingerprints.ts";
import { makeFolder } from "./folder.ts";

const text = fc.oneof(
  fc.string({ unit: fc.constantFrom("\r", "\n", "\r\n", "\ufeff", "a", "é", "漢", "😀", "\0"), maxLength: 12 }),
  // Around the size up to which a file is read in one go.
  fc.integer({ min: 65_500, max: 65_560 }).map((length) => "x".repeat(length)),
  fc.integer({ min: 65_500, max: 65_560 }).map((length) => `${"x".repeat(length)}\r\n`),
);

test("a file has the fingerprint of its text", () => {
  using folder = makeFolder();
  const path = join(folder.path, "1_a.sql");
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 9_223_372_036_854_775_807n }), text, (version, content) => {
      writeFileSync(path, content);
      expect(fingerprintFile(path, version)).toBe(fingerprintText(version, content));
    }),
  );
});

test("line ends and a byte-order mark make no other fingerprint, anything else and another version do", () => {
  const fingerprint = fingerprintText(7n, "SELECT 1;\n");
  expect(fingerprintText(7n, "\ufeffSELECT 1;\r\n")).toBe(fingerprint);
  expect(fingerprintText(7n, "SELECT 1; \n")).not.toBe(fingerprint);
  expect(fingerprintText(8n, "SELECT 1;\n")).not.toBe(fingerprint);
});

test("what cannot be read has none, and what has to be told is left to the parser", async () => {
  using folder = makeFolder();
  expect(fingerprintFile(join(folder.path, "1_gone.sql"), 1n)).toBeUndefined();
  expect(fingerprintFile(folder.path, 1n)).toBeUndefined();
  const read = async (names: readonly string[]) =>
    (await readFingerprints(openMigrations(names.map((name) => ({ name, text: "" })))))?.map(({ version }) => version);
  expect(await read(["1_a.sql", "README.md", "2_b.sql"])).toEqual([1n, 2n]);
  expect(await read(["1_a.sql", "01_b.sql"])).toBeUndefined();
  expect(await read(["1_a.sql", "2_b.go"])).toBeUndefined();
  expect(await read(["a.sql"])).toBeUndefined();
});
