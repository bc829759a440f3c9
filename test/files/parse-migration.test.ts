import { describe, expect, test } from "vitest";
import { FileError } from "../../src/errors.ts";
import { parseMigration } from "../../src/files/parse-migration.ts";
import { down, inspect, lines, parse, problemsOf, up } from "./parse.ts";

describe("statements", () => {
  test("have their text and place", () => {
    const { up: statements } = parse(
      lines(
        "-- +goose Up",
        "-- about a",
        "CREATE TABLE a (id int); /* b */  SELECT '🦆'; SELECT /* kept */ 2 -- the last",
        "-- end",
      ),
    );
    expect(statements.map(({ sql, place, count, block }) => [sql, place, count, block])).toEqual([
      ["CREATE TABLE a (id int);", { line: 3, column: 1 }, 1, false],
      ["SELECT '🦆';", { line: 3, column: 35 }, 1, false],
      ["SELECT /* kept */ 2", { line: 3, column: 47 }, 1, false],
    ]);
  });

  test("locate characters by code points", () => {
    const [statement] = parse(lines("-- +goose Up", "", "  SELECT '🦆', -- quack", "  wrong FROM t;")).up;
    const offset = Array.from(statement?.sql ?? "").join("").length;
    expect(statement?.locate(0)).toEqual({ line: 3, column: 3 });
    expect(statement?.locate(Array.from(statement.sql.slice(0, statement.sql.indexOf("wrong"))).length)).toEqual({
      line: 4,
      column: 3,
    });
    expect(statement?.locate(offset + 100)).toEqual({ line: 4, column: 16 });
  });

  test("locate characters after an annotation inside them", () => {
    const [statement] = parse(lines("-- +goose Up", "SELECT", "-- +goose NO TRANSACTION", "  wrong;")).up;
    expect(statement?.sql).toBe("SELECT\n  wrong;");
    expect(statement?.locate(9)).toEqual({ line: 4, column: 3 });
  });

  test("a block is one statement, whose parts have places", () => {
    const text = lines(
      "-- +goose Up",
      "-- +goose StatementBegin",
      "-- lead",
      "SELECT 1; -- '",
      "  SELECT 2;;",
      "SELECT 3 -- last",
      "-- +goose StatementEnd",
      "SELECT 4;",
    );
    const [block, after] = parse(text).up;
    expect(block).toMatchObject({
      sql: "SELECT 1; -- '\n  SELECT 2;;\nSELECT 3",
      count: 3,
      block: true,
      place: { line: 4, column: 1 },
    });
    expect([0, 1, 2, 9].map((index) => block?.locateStatement(index))).toEqual([
      { line: 4, column: 1 },
      { line: 5, column: 3 },
      { line: 6, column: 1 },
      { line: 6, column: 1 },
    ]);
    expect(after).toMatchObject({ sql: "SELECT 4;", count: 1, block: false });
  });

  test("need no markers: dollar quotes, BEGIN ATOMIC, rules", () => {
    const statements = [
      "CREATE FUNCTION f() RETURNS int AS $body$\nBEGIN\n  RETURN 1;\nEND;\n$body$ LANGUAGE plpgsql;",
      "CREATE FUNCTION g() RETURNS int BEGIN ATOMIC\n SELECT 1;\n SELECT CASE WHEN true THEN 2 END;\nEND;",
      "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);",
      "BEGIN;",
      "SELECT 1 AS atomic;",
      "END;",
    ];
    expect(up(lines("-- +goose Up", ...statements))).toEqual(statements);
  });

  test("the last semicolon of a section or block may be missing", () => {
    const text = lines(
      "-- +goose Up",
      "SELECT 1",
      "-- +goose Down",
      "-- +goose StatementBegin",
      "SELECT 2",
      "-- +goose StatementEnd",
    );
    expect([up(text), down(text)]).toEqual([["SELECT 1"], ["SELECT 2"]]);
  });

  test("no Down is not an empty Down", () => {
    expect(down("-- +goose Up\nSELECT 1;")).toBeUndefined();
    expect(down("-- +goose Up\nSELECT 1;\n-- +goose Down")).toEqual([]);
    expect(
      down(lines("-- +goose Up", "-- +goose Down", "-- +goose StatementBegin", "-- nothing", "-- +goose StatementEnd")),
    ).toEqual([]);
    expect(parse("-- +goose Up")).toMatchObject({ up: [], transaction: true, version: 1n, name: "1_test.sql" });
  });

  test("line ends in literals stay as they are written", () => {
    expect(up("-- +goose Up\r\nSELECT 'a\r\nb\nc';\r\n")).toEqual(["SELECT 'a\r\nb\nc';"]);
  });

  test("hints for extensions stay with their statement", () => {
    expect(up(lines("-- +goose Up", "/* note */ /*+ SeqScan(a) */ SELECT 1;"))).toEqual([
      "/*+ SeqScan(a) */ SELECT 1;",
    ]);
  });
});

describe("what goose gets wrong", () => {
  test("an empty block swallows no line after it", () => {
    const text = lines(
      "-- +goose Up",
      "-- +goose StatementBegin",
      "-- +goose StatementEnd",
      "CREATE TABLE a (",
      "  id int",
      ");",
      "SELECT 2;",
    );
    expect(up(text)).toEqual(["CREATE TABLE a (\n  id int\n);", "SELECT 2;"]);
  });

  test("a line of blanks before a comment begins no statement", () => {
    expect(up(lines("-- +goose Up", "SELECT 1;", "   ", "-- the end"))).toEqual(["SELECT 1;"]);
  });

  test("a statement that is not finished is not glued to a block", () => {
    const text = lines("-- +goose Up", "SELECT 1", "-- +goose StatementBegin", "SELECT 2;", "-- +goose StatementEnd");
    expect(problemsOf(text)).toEqual(["2:1 the statement is not finished where -- +goose StatementBegin follows"]);
  });

  test("semicolons in strings, names, comments and several on a line", () => {
    const statements = ["SELECT ';\n', 'x -- y;';", 'SELECT 1 AS "a;\nb";', "SELECT /* ;\n */ 2;", "SELECT 3;"];
    expect(
      up(
        lines("-- +goose Up", statements[0] ?? "", `${statements[1]} ${statements[2]} /* c */`, `${statements[3]}--c`),
      ),
    ).toEqual(statements);
  });

  test("annotations in literals and comments are text", () => {
    const sql =
      "INSERT INTO docs VALUES ('\n-- +goose Down\n-- +goose StatementEnd\n-- +goose what?\n'), ($$\n-- +goose NO TRANSACTION\n$$);";
    const text = lines("-- +goose Up", sql, "/*", "-- +goose Down", "*/", "SELECT 2;");
    expect(up(text)).toEqual([sql, "SELECT 2;"]);
    expect(parse(text)).toMatchObject({ transaction: true, down: undefined });
  });

  test("StatementEnd ends a block inside a literal that was never closed", () => {
    const text = lines(
      "-- +goose Up",
      "-- +goose StatementBegin",
      "SELECT $$ x;",
      "-- +goose StatementEnd",
      "SELECT $$ y $$;",
    );
    expect(problemsOf(text)).toEqual(["3:8 the text in $$ that begins here does not end"]);
  });
});

describe("what does not end", () => {
  test.each([
    ["SELECT 'it's';", 13, "the string that begins here does not end"],
    ["SELECT E'a\\';", 8, "the string that begins here does not end"],
    ['SELECT "a;', 8, "the quoted name that begins here does not end"],
    ["SELECT $a$ x $b$;", 8, "the text in $a$ that begins here does not end"],
    ["SELECT /* a /* b */;", 8, "the comment that begins here does not end"],
    ["SELECT (1, (2);", 8, "the parenthesis is not closed"],
    ["CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1;", 39, "the body BEGIN ATOMIC has no END"],
  ])("%s", (sql, column, message) => {
    expect(problemsOf(lines("-- +goose Up", sql, "SELECT 2;"))).toEqual([`2:${column} ${message}`]);
  });

  test("in a Down it never stops the Up", () => {
    const { migration, problems, downProblems } = inspect(
      lines("-- +goose Up", "SELECT 1;", "-- +goose Down", "DROP TABLE 'a;"),
    );
    expect(problems).toEqual([]);
    expect(migration).toMatchObject({
      down: undefined,
      downProblem: { file: "migrations/1_test.sql", line: 4, column: 12 },
    });
    expect(migration?.up.length).toBe(1);
    expect(downProblems.length).toBe(1);
  });

  test.each([
    "-- +goose Dwn",
    "-- +goose Down",
    "-- +goose StatementEnd",
    "\\connect app",
    "COPY t FROM stdin;",
    "-- +gander nothing",
  ])("%s in a Down is a problem of the Down alone", (line) => {
    const { migration } = inspect(lines("-- +goose Up", "SELECT 1;", "-- +goose Down", line));
    expect(migration).toMatchObject({ down: undefined, downProblem: { line: 4 } });
  });
});

describe("what is not SQL", () => {
  test("commands of psql are named", () => {
    const text = lines(
      "-- +goose Up",
      "\\restrict abc",
      "SELECT 1;",
      "\\connect app",
      "SELECT 'CREATE TABLE x' \\gexec",
      "SELECT E'\\\\n', '\\n';",
    );
    expect(inspect(text).problems).toMatchObject([
      {
        line: 2,
        column: 1,
        message: expect.stringContaining("\\restrict is a command of psql") as string,
        hint: expect.stringContaining("pg_dump") as string,
      },
      { line: 4, column: 1, message: expect.stringContaining("\\connect is a command of psql") as string },
      { line: 5, column: 25, message: expect.stringContaining("\\gexec is a command of psql") as string },
    ]);
  });

  test("COPY … FROM stdin and its rows are one problem", () => {
    const text = lines(
      "-- +goose Up",
      "COPY public.t (a, b) FROM stdin WITH (FORMAT csv);",
      "1\tit's",
      "2\t\\N",
      "\\.",
      "SELECT 1;",
    );
    expect(problemsOf(text)).toEqual([
      "2:1 COPY … FROM stdin takes its rows from psql, which a migration does not have",
    ]);
    expect(up("-- +goose Up\nCOPY t FROM '/tmp/x';\nCOPY (SELECT 1 FROM stdin) TO '/tmp/y';")).toHaveLength(2);
  });

  test("NUL characters and line ends of CR alone", () => {
    expect(problemsOf("-- +goose Up\nSELECT 'a\0b';\n")).toEqual([
      "2:10 the file holds a NUL character, which no SQL has",
    ]);
    expect(inspect("-- +goose Up\rSELECT 1;\r").problems[0]?.hint).toContain("save it with LF");
  });
});

test("all problems of a file come together, in order", () => {
  const text = lines("-- +goose Up", "-- +goose Upp", "\\i other.sql", "-- +goose StatementEnd", "COPY t FROM stdin;");
  expect(inspect(text).problems.map(({ line }) => line)).toEqual([2, 3, 4, 5]);
  expect(() => parseMigration({ name: "x.sql", path: "m/x.sql", text })).toThrow(FileError);
});

test("a file of 20 MB is read in one go", () => {
  const rows = `INSERT INTO t VALUES (1, 'it''s; ${"x".repeat(200)}');\n`.repeat(80_000);
  const oneLine = `SELECT '${"y".repeat(5_000_000)}';`;
  const { up: statements } = parse(`-- +goose Up\n${rows}${oneLine}\n`);
  expect(statements.length).toBe(80_001);
  expect(statements.at(-1)?.place).toEqual({ line: 80_002, column: 1 });
});

test("a line of many statements is read in one go", () => {
  const { up: statements } = parse(`-- +goose Up\n${"SELECT 1;".repeat(200_000)}`);
  expect(statements.at(-1)?.place).toEqual({ line: 2, column: 199_999 * 9 + 1 });
});
