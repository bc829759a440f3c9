import fc from "fast-check";
import { loadModule, scanSync } from "libpg-query";
import { beforeAll, expect, test } from "vitest";
import { Token } from "../../src/files/lexer.ts";
import { readTokens } from "../../src/files/token-walk.ts";
import { realisticSql } from "./realistic-sql.ts";

beforeAll(loadModule);

/** The tokens of PostgreSQL's scanner as UTF-16 ranges, without comments; undefined where it refuses the text. */
function scanned(sql: string): readonly string[] | undefined {
  let tokens;
  try {
    ({ tokens } = scanSync(sql));
  } catch {
    return undefined;
  }
  const bytes = Buffer.from(sql, "utf8");
  const utf16 = (offset: number): number => bytes.toString("utf8", 0, offset).length;
  return tokens
    .filter(({ tokenName }) => tokenName !== "SQL_COMMENT" && tokenName !== "C_COMMENT")
    .map(({ start, end }) => `${utf16(start)}-${utf16(end)}`);
}

/** Our tokens in the same form; a string that is continued on a later line is one. */
function lexed(sql: string): readonly string[] | undefined {
  const ranges: [number, number][] = [];
  for (const { kind, start, end } of readTokens(sql)) {
    if (kind === Token.unterminated) return undefined;
    const last = ranges.at(-1);
    if (kind === Token.stringPart && last !== undefined) last[1] = end;
    else ranges.push([start, end]);
  }
  return ranges.map(([start, end]) => `${start}-${end}`);
}

const quotes = ["'", "''", '"', '""', "$$", "$a$", "$é$", "$", "$1", "E'", "e'", "B'", "x'", "N'", "U&'", 'U&"', "\\'"];
const marks = ["\\", "--", "/*", "*/", "/*+", ";", "(", ")", "[", "]", ",", ".", ":", "::", ":=", "..", "{", "}"];
const operators = ["/", "*", "-", "+", "@", "<", ">", "=", "!", "|", "?", "#", "~", "^", "%"];
const numbers = ["1", "1.5", ".5", "1.", "1e5", "1e-5", "0x1F", "0b01", "0o7", "1_000", "0x_1"];
const words = ["a", "e", "u", "x", "Ünïcode", "漢字", "𝒳", "_a1$b", "select", "begin", "\u00a0"];
const blanks = ["\n", "\n", "\r\n", "\r", " ", " ", "\t", "\f", "\v"];
const pieces = fc.constantFrom(...quotes, ...marks, ...operators, ...numbers, ...words, ...blanks);
const mixed = fc.array(pieces, { maxLength: 25 }).map((parts) => parts.join(""));

/** Realistic SQL with pieces put in and characters taken out. */
const mutated = fc
  .tuple(
    fc.constantFrom(...realisticSql),
    fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat({ max: 3 }), pieces), { maxLength: 3 }),
  )
  .map(([sql, changes]) => {
    const characters = Array.from(sql);
    for (const [where, taken, piece] of changes) characters.splice(Math.floor(where * characters.length), taken, piece);
    return characters.join("");
  });

test.each([
  ["any mix of lexical pieces", mixed, 4000],
  ["realistic SQL, mutated", mutated, 1500],
] as const)("tokens are those of PostgreSQL's scanner: %s", (_, texts, numRuns) => {
  let compared = 0;
  fc.assert(
    fc.property(texts, (sql) => {
      const theirs = scanned(sql);
      if (theirs === undefined) return;
      compared++;
      expect(lexed(sql)).toEqual(theirs);
    }),
    { numRuns },
  );
  expect(compared).toBeGreaterThan(numRuns / 10);
});

const continued = [
  "'a'\n'b'",
  "'a' -- c\n'b'",
  "'a'\n-- c\n'b'",
  "'a'\n/* c */'b'",
  "'a' 'b'",
  "E'a'\r'\\''",
  "B'1'\n'0'",
];

test.each([...realisticSql, ...continued])("tokens are those of PostgreSQL's scanner: %s", (sql) => {
  expect(lexed(sql)).toEqual(scanned(sql));
});
