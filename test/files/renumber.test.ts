import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FileError } from "../../src/errors.ts";
import { renameFiles } from "../../src/files/rename-files.ts";
import { planMissing, planRenumbering } from "../../src/files/renumber.ts";
import { findSmallVersions } from "../../src/files/small-versions.ts";
import { isTimestampVersion, nextTimestampVersion } from "../../src/files/timestamp-version.ts";
import { listVersionedFiles } from "../../src/files/versioned-files.ts";
import { makeFolder } from "./folder.ts";

function files(...names: readonly string[]) {
  return names.map((name) => ({ version: BigInt(name.slice(0, name.indexOf("_"))), name, path: name }));
}

describe("timestamps", () => {
  test.each([
    [20250131093000n, true],
    [19710101000000n, true],
    [20250231000000n, false],
    [20251301000000n, false],
    [20250101240000n, false],
    [19700101000000n, false],
    [2025010100n, false],
    [5n, false],
  ])("%s", (version, expected) => expect(isTimestampVersion(version)).toBe(expected));

  test("the next one is a second later", () => {
    expect(nextTimestampVersion(20251231235959n)).toBe(20260101000000n);
    expect(nextTimestampVersion(20251399000000n)).toBe(20251399000001n);
  });
});

describe("small numbers beside timestamps", () => {
  const timestamps = ["20250101000000_a.sql", "20251213120000_b.sql", "20251220120000_c.sql"];

  test("are found and come last", () => {
    const found = findSmallVersions(files("005_slot_architecture.sql", ...timestamps, "006_more.sql"));
    expect(found.map(({ newName }) => newName)).toEqual([
      "20251220120001_slot_architecture.sql",
      "20251220120002_more.sql",
    ]);
  });

  test.each([
    ["timestamps alone", timestamps],
    ["numbers alone", ["5_a.sql", "7_b.sql"]],
    ["numbers from 1 that went on with timestamps", ["1_a.sql", "2_b.sql", ...timestamps]],
    ["more numbers than timestamps", ["3_a.sql", "4_b.sql", "6_c.sql", "20250101000000_d.sql"]],
    ["dates", ["20250101_a.sql", ...timestamps]],
  ])("not %s", (_, names) => expect(findSmallVersions(files(...names))).toEqual([]));

  test("a number after a gap is not a part of the numbers from 1", () => {
    const found = findSmallVersions(files("1_a.sql", "5_b.sql", ...timestamps));
    expect(found.map(({ file }) => file.name)).toEqual(["5_b.sql"]);
  });
});

describe("new names", () => {
  test("timestamps become numbers after the last one, in their order, as in goose", () => {
    const plan = planRenumbering(files("20250101000002_c.go", "1_a.sql", "20250101000001_b_20250101000001.sql"));
    expect(plan).toEqual({
      kind: "sequential",
      renames: [
        { from: "20250101000001_b_20250101000001.sql", to: "00002_b_20250101000001.sql" },
        { from: "20250101000002_c.go", to: "00003_c.go" },
      ],
    });
    expect(planRenumbering(files("1_a.sql", "2_b.sql")).renames).toEqual([]);
  });

  test("a small number by mistake becomes the last timestamp, and nothing else is touched", () => {
    const plan = planRenumbering(files("20250101000000_a.sql", "20250102000000_b.sql", "005_slots.sql"));
    expect(plan).toEqual({ kind: "last", renames: [{ from: "005_slots.sql", to: "20250102000001_slots.sql" }] });
  });
});

describe("renaming", () => {
  test("keeps the contents", () => {
    using folder = makeFolder({ "20250101000001_b.sql": "b", "20250101000000_a.sql": "a", "note.txt": "" });
    renameFiles(folder.path, planRenumbering(listVersionedFiles(folder.path)).renames);
    expect(folder.names()).toEqual(["00001_a.sql", "00002_b.sql", "note.txt"]);
    expect(readFileSync(join(folder.path, "00001_a.sql"), "utf8")).toBe("a");
  });

  test("changes nothing where anything is in the way, and says all of it", () => {
    using folder = makeFolder({ "1_a.sql": "a", "2_b.sql": "b", "4_d.sql": "d" });
    const renames = [
      { from: "1_a.sql", to: "5_a.sql" },
      { from: "2_b.sql", to: "4_d.sql" },
      { from: "3_c.sql", to: "6_c.sql" },
      { from: "4_d.sql", to: "5_a.sql" },
    ];
    let problems: FileError["problems"] = [];
    try {
      renameFiles(folder.path, renames);
    } catch (error) {
      if (error instanceof FileError) ({ problems } = error);
    }
    expect(problems.map(({ message }) => message)).toEqual([
      "4_d.sql exists already",
      "it is gone",
      "another file is to be renamed to 5_a.sql too",
    ]);
    expect(folder.names()).toEqual(["1_a.sql", "2_b.sql", "4_d.sql"]);
  });

  test("gives the old names back when one fails", () => {
    using folder = makeFolder({ "1_a.sql": "a", "2_b.sql": "b" });
    const renames = [
      { from: "1_a.sql", to: "3_a.sql" },
      { from: "2_b.sql", to: "no-folder/4_b.sql" },
    ];
    expect(() => renameFiles(folder.path, renames)).toThrow("nothing was changed");
    expect(folder.names()).toEqual(["1_a.sql", "2_b.sql"]);
  });
});

describe("versions for what came too late", () => {
  const now = new Date("2025-06-01T08:00:00Z");
  const plan = (names: readonly string[], missing: readonly bigint[], newest: bigint) =>
    planMissing(files(...names), new Set(missing), newest, now).renames.map(({ to }) => to);

  test("timestamps are from now on, a second apart, in the old order", () => {
    const names = ["20250301000000_c.sql", "20250101000000_a.sql", "20250201000000_b_20250201000000.sql"];
    expect(plan(names, [20250201000000n, 20250101000000n], 20250301000000n)).toEqual([
      "20250601080000_a.sql",
      "20250601080001_b_20250201000000.sql",
    ]);
  });

  test("after a newest one that is ahead of the clock, in the folder or in the database alone", () => {
    const names = ["20250101000000_a.sql", "20250301000000_b.sql", "20991231235959_c.sql"];
    expect(plan(names, [20250101000000n], 20250301000000n)).toEqual(["21000101000000_a.sql"]);
    expect(plan(names.slice(0, 2), [20250101000000n], 20300101000000n)).toEqual(["20300101000001_a.sql"]);
  });

  test("numbers go on, as wide as the newest one", () => {
    expect(plan(["001_a.sql", "002_b.sql", "007_c.sql"], [1n, 2n], 7n)).toEqual(["008_a.sql", "009_b.sql"]);
    expect(plan(["1_a.sql", "9_c.sql"], [1n], 9n)).toEqual(["10_a.sql"]);
    expect(plan(["00001_a.sql", "00002_b.sql"], [1n], 41n)).toEqual(["00042_a.sql"]);
  });

  test("a small number beside timestamps becomes a timestamp, and what is not missing stays", () => {
    expect(plan(["005_x.sql", "20250101000000_a.sql", "20250201000000_b.sql"], [5n], 20250201000000n)).toEqual([
      "20250601080000_x.sql",
    ]);
    expect(plan(["1_a.sql", "2_b.sql"], [], 2n)).toEqual([]);
  });
});
