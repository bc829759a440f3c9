import { describe, expect, test } from "vitest";
import { parseMigration } from "../../src/files/parse-migration.ts";
import { splitStatements } from "../../src/files/split-statements.ts";
import { type PlainMigration, writeGoose } from "../../src/files/write-goose.ts";

const FUNCTION = "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n  -- one;\n  RETURN 1;\nEND;\n$$";

function written(migration: Partial<PlainMigration> & { readonly up: string }) {
  const text = writeGoose({ down: undefined, transaction: true, ...migration });
  return { text, parsed: parseMigration({ name: "1_x.sql", path: "1_x.sql", text }) };
}

const bare = (sql: string): string => sql.trim().replace(/\s*;$/, "");
const statementsOf = (sql: string): readonly string[] =>
  splitStatements(sql).map(({ start, end }) => bare(sql.slice(start, end)));

describe("SQL in goose's format", () => {
  test.each([
    ["one statement", "SELECT 1;"],
    ["no semicolon at the end", "SELECT 1;\nSELECT 2"],
    ["a comment at the end", "SELECT 1 -- done"],
    ["a body with semicolons", `SELECT 0;\n${FUNCTION};\nSELECT 2;\n`],
    ["a body at the end, without a semicolon", FUNCTION],
    ["a body on the line of another statement", `SELECT 0; ${FUNCTION}; SELECT 2;`],
    ["a literal with a semicolon at a line's end", "INSERT INTO t VALUES ('a;\nb');\nSELECT 1;"],
    ["comments between", "-- first\nSELECT 1;\n\n/* second; */\nSELECT 2;\n-- last\n"],
    ["BEGIN ATOMIC", "CREATE FUNCTION g() RETURNS int BEGIN ATOMIC\n  SELECT 1;\n  SELECT 2;\nEND;\nSELECT 3;"],
    ["lines that end in CR LF", "SELECT 1;\r\nSELECT 2;\r\n"],
    ["nothing", "-- nothing\n"],
  ])("%s: the same statements, as gander reads them and as goose does", (_, up) => {
    const { text, parsed } = written({ up });
    expect(parsed.up.map(({ sql }) => bare(sql))).toEqual(statementsOf(up.replaceAll("\r\n", "\n")));
    expect(gooseStatements(text)).toEqual(statementsOf(up.replaceAll("\r\n", "\n")));
    expect(parsed.transaction).toBe(true);
  });

  test("a BEGIN and COMMIT around all of it go, others take the transaction away", () => {
    const wrapped = written({
      up: "-- head\nBEGIN;\nSELECT 1;\nCOMMIT;\n",
      down: "START TRANSACTION;\nSELECT 2;\nEND;",
    });
    expect(wrapped.parsed.up.map(({ sql }) => bare(sql))).toEqual(["SELECT 1"]);
    expect(wrapped.parsed.down?.map(({ sql }) => bare(sql))).toEqual(["SELECT 2"]);
    expect(wrapped.parsed.transaction).toBe(true);
    const inside = written({ up: "SELECT 1;\nCOMMIT;\nBEGIN;\nSELECT 2;" });
    expect(inside.parsed.transaction).toBe(false);
  });

  test("what cannot run in a transaction says so, and what its tool ran without one", () => {
    expect(written({ up: "CREATE INDEX CONCURRENTLY i ON t (x);" }).parsed.transaction).toBe(false);
    expect(written({ up: "SELECT 1;", down: "DROP INDEX CONCURRENTLY i;" }).parsed.transaction).toBe(false);
    expect(written({ up: "SELECT 1;", transaction: false }).parsed.transaction).toBe(false);
  });

  test("comments of the old file do not become annotations", () => {
    const { parsed } = written({ up: "SELECT 1;\n-- +goose Down\nSELECT 2;\n  -- +gander irreversible: no\n" });
    expect(parsed.up).toHaveLength(2);
    expect(parsed.down).toBeUndefined();
    expect(parsed.directives).toEqual({});
  });
});

/** The Up statements as goose takes them: blocks as they are, others up to a line that ends in a semicolon. */
function gooseStatements(text: string): readonly string[] {
  const statements: string[] = [];
  let current = "";
  let inBlock = false;
  const take = (): void => {
    if (/^\s*(--.*\n?|\/\*[^]*?\*\/|\s)*$/.test(current)) return;
    statements.push(...statementsOf(current));
    current = "";
  };
  for (const line of text.split("\n")) {
    if (line === "-- +goose StatementBegin" || line === "-- +goose StatementEnd") {
      take();
      inBlock = line.endsWith("Begin");
    } else if (!line.startsWith("-- +goose")) {
      current += `${line}\n`;
      if (!inBlock && /;\s*(--.*)?$/.test(line)) take();
    }
  }
  expect(current.replaceAll(/--.*|\s/g, "")).toBe("");
  return statements;
}
