import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readTokens } from "../../src/files/token-walk.ts";
import { inspect, lines, parse } from "./parse.ts";
import { realisticSql } from "./realistic-sql.ts";

function checksum(...parts: readonly string[]): string {
  return parse(lines(...parts), { V: "v", W: "w" }).checksum;
}

const plain = checksum("-- +goose Up", "SELECT 'a', b;", "-- +goose Down", "SELECT 2;");

test("is 32 hexadecimal digits that never change", () => {
  expect(checksum("-- +goose Up", "SELECT 1;")).toBe("2999132b2d90ffd5e9b12371b6bfaf2b");
});

describe("does not see", () => {
  test.each([
    [
      "comments and blanks",
      ["-- x", "--+goose up", "", "SELECT/* y */'a' ,b -- z", ";", "-- +goose Down", "\tSELECT 2;  ", "-- end"],
    ],
    ["directives", ["-- +gander lock_timeout 1s", "-- +goose Up", "SELECT 'a', b;", "-- +goose Down", "SELECT 2;"]],
    [
      "annotations without effect",
      [
        "-- +goose ENVSUB OFF",
        "-- +goose Up",
        "SELECT 'a', b;",
        "-- +goose ENVSUB ON",
        "-- +goose ENVSUB OFF",
        "-- +goose Down",
        "SELECT 2;",
      ],
    ],
  ])("%s", (_, parts) => expect(checksum(...parts)).toBe(plain));

  test("line ends, in literals too, and a byte-order mark", () => {
    const text = lines("-- +goose Up", "SELECT 'a\n\nb', $$ c\n $$, \"d\ne\";");
    expect(parse(`\ufeff${text.replaceAll("\n", "\r\n")}`).checksum).toBe(parse(text).checksum);
  });

  test("what variables hold", () => {
    const text = lines("-- +goose Up", "-- +goose ENVSUB ON", "SELECT '$V', ${W:-x};");
    expect(parse(text, { V: "1", W: "2" }).checksum).toBe(parse(text, { V: "'' --", W: "f(3)" }).checksum);
  });

  test("the blanks between a string and what continues it on the next line", () => {
    expect(checksum("-- +goose Up", "SELECT 'a'", "'b';")).toBe(checksum("-- +goose Up", "SELECT 'a'", "", "    'b';"));
  });
});

describe("sees", () => {
  test.each<readonly [string, readonly string[]]>([
    ["a token", ["-- +goose Up", "SELECT 'a', c;", "-- +goose Down", "SELECT 2;"]],
    ["capitals", ["-- +goose Up", "select 'a', b;", "-- +goose Down", "SELECT 2;"]],
    ["blanks in a literal", ["-- +goose Up", "SELECT 'a ', b;", "-- +goose Down", "SELECT 2;"]],
    ["another split into tokens", ["-- +goose Up", "SELECT 'a', b; -- +goose Down", "SELEC T2;"]],
    ["the last semicolon", ["-- +goose Up", "SELECT 'a', b;", "-- +goose Down", "SELECT 2"]],
    ["where the Down begins", ["-- +goose Up", "-- +goose Down", "SELECT 'a', b;", "SELECT 2;"]],
    ["that there is no Down", ["-- +goose Up", "SELECT 'a', b;", "SELECT 2;"]],
    ["NO TRANSACTION", ["-- +goose NO TRANSACTION", "-- +goose Up", "SELECT 'a', b;", "-- +goose Down", "SELECT 2;"]],
    [
      "a block",
      [
        "-- +goose Up",
        "-- +goose StatementBegin",
        "SELECT 'a', b;",
        "-- +goose StatementEnd",
        "-- +goose Down",
        "SELECT 2;",
      ],
    ],
    [
      "ENVSUB",
      ["-- +goose Up", "-- +goose ENVSUB ON", "SELECT 'a', b;", "-- +goose ENVSUB OFF", "-- +goose Down", "SELECT 2;"],
    ],
  ])("%s", (_, parts) => expect(checksum(...parts)).not.toBe(plain));

  test("which variable, and where substitution begins in a literal", () => {
    const sums = [
      ["-- +goose ENVSUB ON", "-- +goose Up", "SELECT '$V", "$V';"],
      ["-- +goose ENVSUB ON", "-- +goose Up", "SELECT '$W", "$V';"],
      ["-- +goose ENVSUB ON", "-- +goose Up", "SELECT '${V}", "$V';"],
      ["-- +goose Up", "SELECT '$V", "-- +goose ENVSUB ON", "$V';"],
      ["-- +goose Up", "SELECT '$V", "$V';"],
      ["-- +goose ENVSUB ON", "-- +goose Up", "SELECT '\\$V", "\\$V';"],
    ].map((parts) => checksum(...parts));
    expect(new Set(sums).size).toBe(sums.length);
  });
});

const statements = fc.array(fc.constantFrom(...realisticSql), { minLength: 1, maxLength: 3 });
const blanks = fc.array(fc.constantFrom(" ", "\n", "\r\n", "\t", "/* c; ' */", "-- c $$\n", "  "), { maxLength: 3 });

test("token-equal files agree: only what is between tokens differs", () => {
  fc.assert(
    fc.property(statements, fc.array(blanks, { minLength: 1 }), (sqls, gaps) => {
      const sql = sqls.join(";\n");
      let other = "";
      let last = 0;
      for (const [index, { start, end }] of readTokens(sql).entries()) {
        const gap = gaps[index % gaps.length]?.join("") ?? "";
        // Between tokens that touch nothing may come; where something is, it may become anything with a blank at its ends.
        const between = sql.slice(last, start);
        const continues = between.includes("\n") && sql[start] === "'" && sql[last - 1] === "'";
        other += index > 0 && between !== "" && !continues ? ` ${gap}\n` : between;
        other += sql.slice(start, end);
        last = end;
      }
      expect(checksum("-- +goose Up", other)).toBe(checksum("-- +goose Up", sql));
    }),
    { numRuns: 300 },
  );
});

test("files whose tokens differ do not agree", () => {
  const words = fc.array(
    fc.constantFrom("a", "b", "ab", "'a'", "'a b'", '"a"', "$$a$$", "1", "+", "- ", "(", ")", ",", "é", "漢"),
    { minLength: 1, maxLength: 6 },
  );
  const tokens = (sql: string) => readTokens(sql).map(({ start, end }) => sql.slice(start, end));
  fc.assert(
    fc.property(words, words, (left, right) => {
      const balanced = (sql: string) => sql.replaceAll(/[()]/g, "");
      const [one, two] = [balanced(left.join(" ")), balanced(right.join(" "))];
      const equal = JSON.stringify(tokens(one)) === JSON.stringify(tokens(two));
      expect(checksum("-- +goose Up", one) === checksum("-- +goose Up", two)).toBe(equal);
    }),
    { numRuns: 1000 },
  );
});

test("a file in which one character of one token is another does not agree, in literals too", () => {
  fc.assert(
    fc.property(statements, fc.nat(), fc.nat(), fc.constantFrom("q", "7", "é"), (sqls, which, where, letter) => {
      const sql = sqls.join(";\n");
      const tokens = readTokens(sql);
      const token = tokens[which % tokens.length];
      if (token === undefined) return;
      const at = token.start + (where % (token.end - token.start));
      // Inside a word, a number or a text, so that the rest of the file reads as before.
      if (!/[a-z0-9]/i.test(sql[at] ?? "") || sql[at] === letter || sql[at - 1] === "\\") return;
      const other = sql.slice(0, at) + letter + sql.slice(at + 1);
      const { migration } = inspect(lines("-- +goose Up", other));
      if (migration !== undefined) expect(migration.checksum).not.toBe(checksum("-- +goose Up", sql));
    }),
    { numRuns: 1000 },
  );
});
