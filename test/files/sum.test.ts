import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FileError } from "../../src/errors.ts";
import { openMigrations } from "../../src/files/open-migrations.ts";
import { readMigrations } from "../../src/files/read-migrations.ts";
import { checkSum, findSumProblems } from "../../src/files/sum/check-sum.ts";
import { renderSum } from "../../src/files/sum/sum-line.ts";
import { keepSum, writeSum } from "../../src/files/sum/write-sum.ts";
import { validateMigrations } from "../../src/files/validate.ts";
import { type Folder, makeFolder, SIMPLE } from "./folder.ts";

const NAMES = ["1_a.sql", "2_b.sql", "10_c.sql", "20250101000000_d.sql", "20250102000000_e f.sql"];

/** A folder with five files and a sum that agrees. */
function summedFolder(): Folder {
  const folder = makeFolder(Object.fromEntries(NAMES.map((name, index) => [name, `${SIMPLE}-- ${index}\n`])));
  writeSum(folder.path);
  return folder;
}

function problems(folder: Folder): string[] {
  return findSumProblems(openMigrations(folder.path)).map(({ file, line, message }) => {
    return `${file.slice(folder.path.length + 1)}${line === undefined ? "" : `:${line}`} ${message}`;
  });
}

const read = (folder: Folder): string => readFileSync(join(folder.path, "gander.sum"), "utf8");
const write = (folder: Folder, name: string, text: string): void => writeFileSync(join(folder.path, name), text);
const CHANGED = "it was changed: its text is not the one that gander.sum has";
const ADDED = "it is not in gander.sum";

test("has one line a file, in the order of the versions, and never changes its form", () => {
  using folder = summedFolder();
  expect(read(folder).replaceAll(/ h1:[A-Za-z0-9+/]{43}=\n/g, "\n")).toBe(`${NAMES.join("\n")}\n`);
  const line = renderSum([{ version: 1n, name: "1_a.sql", path: "", text: "SELECT 1;\n" }]);
  expect(line).toBe("1_a.sql h1:pVgaCmQPzW0bX3HSD1gq/mzGll/UYC00d77pNx7Bn+0=\n");
  expect(problems(folder)).toEqual([]);
});

test("each line depends on the line before it, on the name and on the text", () => {
  const files = ["a", "b", "c"].map((title, index) => ({
    version: BigInt(index + 1),
    name: `${index + 1}_${title}.sql`,
    path: "",
    text: title,
  }));
  const [one, two, three] = renderSum(files).split("\n");
  const [changed, ...after] = renderSum(
    files.map((file) => (file.version === 1n ? { ...file, text: "A" } : file)),
  ).split("\n");
  expect([changed === one, after[0] === two, after[1] === three]).toEqual([false, false, false]);
  const renamed = renderSum(files.map((file) => (file.version === 1n ? { ...file, name: "1_z.sql" } : file))).split(
    "\n",
  );
  expect(renamed[1]).not.toBe(two);
});

test("does not see line ends and a byte-order mark, in the files and in itself", () => {
  using folder = summedFolder();
  for (const name of [...NAMES, "gander.sum"]) {
    const text = readFileSync(join(folder.path, name), "utf8");
    write(folder, name, `\uFEFF${text.replaceAll("\n", "\r\n")}`);
  }
  expect(problems(folder)).toEqual([]);
  write(folder, NAMES[0]!, `${SIMPLE}-- 0 \n`);
  expect(problems(folder)).toEqual([`1_a.sql ${CHANGED}`]);
});

test("files that are no migrations do not matter, and a folder without a sum is not asked for one", () => {
  using folder = summedFolder();
  for (const name of ["README.md", "seed.go", ".hidden.sql", "7_x.go"]) write(folder, name, "x");
  expect(problems(folder)).toEqual([]);
  rmSync(join(folder.path, "gander.sum"));
  expect(problems(folder)).toEqual([]);
  checkSum(
    openMigrations([
      { name: "1_a.sql", text: SIMPLE },
      { name: "gander.sum", text: "wrong" },
    ]),
  );
});

describe("says which file", () => {
  test.each(NAMES)("was changed: %s, and no other", (name) => {
    using folder = summedFolder();
    write(folder, name, SIMPLE);
    expect(problems(folder)).toEqual([`${name} ${CHANGED}`]);
  });

  test.each(["0001_z.sql", "3_z.sql", "20260101000000_z.sql", "1_aa.sql"])("is not in it: %s", (name) => {
    using folder = summedFolder();
    write(folder, name, SIMPLE);
    expect(problems(folder)).toEqual([`${name} ${ADDED}`]);
  });

  test.each(NAMES)("is gone: %s", (name) => {
    using folder = summedFolder();
    rmSync(join(folder.path, name));
    const line = NAMES.indexOf(name) + 1;
    expect(problems(folder)).toEqual([
      `gander.sum:${line} ${name} is gone: it is in gander.sum, and there is no such file`,
    ]);
  });

  test.each(NAMES)("was renamed: %s", (name) => {
    using folder = summedFolder();
    renameSync(join(folder.path, name), join(folder.path, "15_new.sql"));
    expect(problems(folder)).toEqual([`15_new.sql it was renamed: gander.sum has it as ${name}`]);
  });

  test.each(NAMES)("lost its line: %s", (name) => {
    using folder = summedFolder();
    write(
      folder,
      "gander.sum",
      read(folder).replace(/^.*$/gm, (line) => (line.startsWith(`${name} `) ? "" : line)),
    );
    expect(problems(folder)).toEqual([`${name} ${ADDED}`]);
  });

  test("lost their lines: several in a row", () => {
    using folder = summedFolder();
    write(folder, "gander.sum", read(folder).split("\n").toSpliced(1, 2).join("\n"));
    expect(problems(folder)).toEqual([`2_b.sql ${ADDED}`, `10_c.sql ${ADDED}`]);
  });

  test("had its line moved, or doubled", () => {
    using folder = summedFolder();
    const [a, b, c, d, e] = read(folder).split("\n");
    write(folder, "gander.sum", [a, c, b, d, e, ""].join("\n"));
    expect(problems(folder)).toEqual([
      "gander.sum:3 2_b.sql was moved: it stands after 10_c.sql, which has the greater version",
    ]);
    write(folder, "gander.sum", [a, b, b, c, d, e].join("\n"));
    expect(problems(folder)).toEqual(["gander.sum:3 2_b.sql is there twice"]);
  });

  test("had its line edited: a hash, or a letter of it", () => {
    using folder = summedFolder();
    const written = read(folder).split("\n");
    write(folder, "gander.sum", written.with(1, `2_b.sql h1:${"A".repeat(43)}=`).join("\n"));
    expect(problems(folder)).toEqual([`2_b.sql ${CHANGED}`]);
    write(folder, "gander.sum", written.with(1, "2_b.sql").join("\n"));
    expect(problems(folder)).toEqual(["gander.sum:2 this is no line of a sum", `2_b.sql ${ADDED}`]);
    write(folder, "gander.sum", written.with(1, written[1]!.replace("h1:", "h2:")).join("\n"));
    expect(problems(folder)[0]).toBe("gander.sum:2 a newer gander made this line");
  });

  test("all of it at once, in the error that a command gives", () => {
    using folder = summedFolder();
    write(folder, "2_b.sql", SIMPLE);
    write(folder, "3_x.sql", SIMPLE);
    rmSync(join(folder.path, "10_c.sql"));
    const error = thrown(() => readMigrations(folder.path));
    expect(error).toMatchObject({ code: "GANDER_FILE", hint: expect.stringContaining("gander sum") });
    expect(error.message).toBe(
      `the folder ${folder.path} is not what its gander.sum says: 2_b.sql: ${CHANGED}; ` +
        `gander.sum:3: 10_c.sql is gone: it is in gander.sum, and there is no such file; 3_x.sql: ${ADDED}`,
    );
    expect(validateMigrations(folder.path).problems.map(({ message }) => message)).toHaveLength(3);
  });
});

describe("a sum that is none", () => {
  test("conflict markers: their line, and how to go on, before all else", () => {
    using folder = summedFolder();
    const marked = `${read(folder)}<<<<<<< HEAD\n6_x.sql h1:x\n=======\n7_y.sql h1:y\n>>>>>>> side\n`;
    write(folder, "gander.sum", marked);
    write(folder, "6_x.sql", SIMPLE);
    expect(thrown(() => checkSum(openMigrations(folder.path)))).toMatchObject({
      problems: [{ file: join(folder.path, "gander.sum"), line: 6 }],
      message: expect.stringContaining("git's conflict markers"),
      hint: expect.stringMatching(/gander sum(.|\n)*gander fix --missing(.|\n)*git add/),
    });
    writeSum(folder.path);
    expect(problems(folder)).toEqual([]);
  });

  test("an empty one, a folder of its name, and one that is no text", () => {
    using folder = summedFolder();
    write(folder, "gander.sum", "");
    expect(problems(folder)).toEqual(NAMES.map((name) => `${name} ${ADDED}`));
    write(folder, "gander.sum", "\u0000\uFFFD".repeat(9));
    expect(problems(folder)[0]).toBe("gander.sum:1 this is no line of a sum");
    writeFileSync(join(folder.path, "gander.sum"), Buffer.from([0xff, 0xfe, 0, 1]));
    expect(problems(folder)).toEqual(["gander.sum the file is UTF-16, not UTF-8"]);
    rmSync(join(folder.path, "gander.sum"));
    mkdirSync(join(folder.path, "gander.sum"));
    expect(problems(folder)).toHaveLength(1);
    expect(thrown(() => writeSum(folder.path)).message).toContain("gander.sum cannot be written");
    expect(folder.names()).toEqual([...NAMES, "gander.sum"].toSorted());
  });

  test("a link that leads nowhere", () => {
    using folder = makeFolder({ "1_a.sql": SIMPLE });
    symlinkSync(join(folder.path, "absent"), join(folder.path, "gander.sum"));
    expect(problems(folder)).toEqual(["gander.sum it is gone, or a link to a file that does not exist"]);
  });

  test("a migration that cannot be read is told once", () => {
    using folder = summedFolder();
    writeFileSync(join(folder.path, "2_b.sql"), Buffer.from([0xc3, 0x28]));
    expect(problems(folder)).toEqual(["2_b.sql:1 the file is not UTF-8: this character is broken"]);
    expect(validateMigrations(folder.path).problems).toHaveLength(1);
  });
});

test("what changes a folder keeps its sum, unless it is off already", () => {
  using folder = summedFolder();
  const keep = keepSum(folder.path);
  write(folder, "20260101000000_new.sql", SIMPLE);
  const before = read(folder);
  keep?.();
  expect(read(folder).startsWith(before)).toBe(true);
  expect(problems(folder)).toEqual([]);
  write(folder, "1_a.sql", "");
  expect(() => keepSum(folder.path)).toThrow(FileError);
  rmSync(join(folder.path, "gander.sum"));
  expect(keepSum(folder.path)).toBeUndefined();
});

test("names with line ends and backslashes stay one line", () => {
  using folder = makeFolder({ "1_a\nb.sql": SIMPLE, "2_a\\nb.sql": SIMPLE, "3_h1:x h1:y.sql": SIMPLE });
  writeSum(folder.path);
  expect(read(folder).split("\n")).toHaveLength(4);
  expect(problems(folder)).toEqual([]);
});

function thrown(work: () => unknown): FileError {
  try {
    work();
  } catch (error) {
    if (error instanceof FileError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
