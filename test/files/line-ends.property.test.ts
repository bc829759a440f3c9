import fc from "fast-check";
import { expect, test } from "vitest";
import { inspect } from "./parse.ts";
import { realisticSql } from "./realistic-sql.ts";

const annotations = [
  "Up",
  "Down",
  "StatementBegin",
  "StatementEnd",
  "NO TRANSACTION",
  "ENVSUB ON",
  "ENVSUB OFF",
  "Upp",
];
const line = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...realisticSql).map((sql) => `${sql};`) },
  { weight: 2, arbitrary: fc.constantFrom(...annotations).map((name) => `-- +goose ${name}`) },
  fc.constantFrom(
    "",
    "  ",
    "-- note",
    "/* a",
    "*/",
    "'",
    "$$",
    "SELECT '$V",
    "(",
    "\\connect x",
    "COPY t FROM stdin;",
    "-- +gander lock_timeout 1s",
  ),
);

/** What parsing gave, with line ends as LF and statements as data. */
function summary(text: string): unknown {
  const { migration, problems, downProblems } = inspect(text, { V: "v" });
  const statements = (list: NonNullable<typeof migration>["up"] | undefined) =>
    list?.map(({ sql, text: written, place, count, block }) => ({
      sql: sql.replaceAll("\r\n", "\n"),
      written: written.replaceAll("\r\n", "\n"),
      place,
      count,
      block,
    }));
  return {
    ...migration,
    up: statements(migration?.up),
    down: statements(migration?.down),
    problems,
    downProblems,
  };
}

test("CRLF makes no difference but in the line ends themselves, whatever is in the file", () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (parts) => {
      const text = ["-- +goose Up", ...parts].join("\n").replaceAll("\r\n", "\n");
      expect(summary(text.replaceAll("\n", "\r\n"))).toEqual(summary(text));
    }),
    { numRuns: 1000 },
  );
});

test("no text makes the parser fail in another way than by telling problems", () => {
  const piece = fc.oneof(
    line,
    fc.string(),
    fc.constantFrom("\n", "\n-- +goose Down\n", "\ud800", "+goose", "--", "${", "$V"),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (parts) => {
      const { migration, problems } = inspect(parts.join(""), { V: "v" });
      expect(migration === undefined).toBe(problems.length > 0);
    }),
    { numRuns: 2000 },
  );
});

test("every statement that is found stands where it says, and nothing between statements is lost", () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 10 }), (parts) => {
      const text = ["-- +goose Up", ...parts].join("\n");
      const { migration } = inspect(text, { V: "$V" });
      if (migration === undefined) return;
      const rows = text.split("\n");
      for (const { sql, place } of [...migration.up, ...(migration.down ?? [])]) {
        const first = sql.split("\n")[0] ?? "";
        const row = Array.from(rows[place.line - 1] ?? "")
          .slice(place.column - 1)
          .join("");
        expect(row.startsWith(first)).toBe(true);
      }
    }),
    { numRuns: 1000 },
  );
});
