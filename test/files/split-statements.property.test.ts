import fc from "fast-check";
import { loadModule, parseSync } from "libpg-query";
import { beforeAll, expect, test } from "vitest";
import { splitStatements } from "../../src/files/split-statements.ts";
import { realisticSql } from "./realistic-sql.ts";

beforeAll(loadModule);

const between = fc.constantFrom("", " ", "\n", "\r\n", " -- note; 'quote\n", "/* a; /* b */ ' */", "\n\n;\n", ";;");

/** Statements with comments, blanks and empty statements around them, and how many there are. */
const scripts = fc
  .tuple(fc.array(fc.tuple(between, fc.constantFrom(...realisticSql)), { maxLength: 8 }), between, fc.boolean())
  .map(([parts, last, closed]) => {
    const text = parts.map(([before, sql]) => before + sql).join("\n;");
    return { text: closed || parts.length === 0 ? `${text}\n;${last}` : text, statements: parts.map(([, sql]) => sql) };
  });

test("a script is split into the statements it was made of", () => {
  fc.assert(
    fc.property(scripts, ({ text, statements }) => {
      const found = splitStatements(text).map(({ start, end }) => text.slice(start, end));
      expect(found.map((sql) => sql.replace(/\s*;$/, ""))).toEqual(statements);
    }),
    { numRuns: 500 },
  );
});

test("PostgreSQL's parser finds as many statements, beginning in the same places", () => {
  fc.assert(
    fc.property(scripts, ({ text }) => {
      const bytes = Buffer.from(text, "utf8");
      const theirs = (parseSync(text).stmts ?? []).map(({ stmt_location: from = 0, stmt_len: length }) => {
        const range = bytes.subarray(from, length === undefined || length === 0 ? undefined : from + length);
        return range.toString("utf8").trimEnd();
      });
      const ours = splitStatements(text).map(({ start, end }) => text.slice(start, end).replace(/\s*;$/, ""));
      expect(ours.length).toBe(theirs.length);
      for (const [index, sql] of ours.entries()) expect(theirs[index]?.includes(sql)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test("each realistic statement is one", () => {
  for (const sql of realisticSql) {
    expect(splitStatements(`${sql};`)).toEqual([{ start: 0, end: sql.length + 1 }]);
    expect(parseSync(sql).stmts?.length).toBe(1);
  }
});
