import { describe, expect, test } from "vitest";
import { down, inspect, lines, parse, problemsOf, up } from "./parse.ts";

describe("spellings of annotations", () => {
  test.each([
    "-- +goose Up",
    "--+goose Up",
    "-- +gooseUp",
    "-- Up +goose",
    "------ +goose Up ------",
    "-- +goose UP\t ",
    "--\t+goose up",
    "\f-- +goose Up",
    "\u00a0-- +goose Up",
  ])("goose takes %j, and so do we", (line) => expect(up(lines(line, "SELECT 1;"))).toEqual(["SELECT 1;"]));

  test.each(["\u00a0-- +goose Down", "\v-- +goose down", "--Down+goose--"])("Down as %j", (line) => {
    expect(down(lines("-- +goose Up", "SELECT 1;", line, "SELECT 2;"))).toEqual(["SELECT 2;"]);
  });

  test("a byte-order mark and CRLF", () => {
    const migration = parse("\ufeff-- +goose Up\r\nSELECT 1;\r\n-- +goose Down\r\nSELECT 2;\r\n");
    expect(migration.up.map(({ sql, place }) => [sql, place])).toEqual([["SELECT 1;", { line: 2, column: 1 }]]);
    expect(migration.text).toBe("-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;\n");
  });

  test.each([
    ["-- +goose Upp", "-- +goose Upp is not an annotation", "did you mean -- +goose Up?"],
    [
      "-- +goose Up;",
      "-- +goose Up; is not an annotation",
      "did you mean -- +goose Up? Nothing may follow it on its line",
    ],
    [
      "-- +goose Up -- note",
      "-- +goose Up  note is not an annotation",
      "did you mean -- +goose Up? Nothing may follow it on its line",
    ],
    ["-- +goose", "-- +goose says nothing", "expected one of"],
    ["-- +goose Up +goose", "the line has +goose twice", "one annotation a line"],
    ["  -- +goose Up", "the annotation -- +goose Up does not begin at the start of its line", "remove the blanks"],
  ])("not %s", (line, message, hint) => {
    const { problems } = inspect(lines(line, "SELECT 1;"));
    expect(problems).toMatchObject([{ line: 1, message, hint: expect.stringContaining(hint) as string }]);
  });

  test.each([
    ["-- +goose StatmentBegin", "did you mean -- +goose StatementBegin?"],
    ["-- +goose NO_TRANSACTION", "did you mean -- +goose NO TRANSACTION?"],
    ["-- +goose NO  TRANSACTION", "did you mean -- +goose NO TRANSACTION?"],
    ["-- +goose ENVSUBST ON", "did you mean -- +goose ENVSUB ON?"],
    ["-- +goose Dwon", "did you mean -- +goose Down?"],
    ["-- see the +goose docs", "expected one of -- +goose Up, -- +goose Down"],
  ])("%s gets a suggestion", (line, hint) => {
    const { problems } = inspect(lines("-- +goose Up", "SELECT 1;", line));
    expect(problems).toMatchObject([
      { file: "migrations/1_test.sql", line: 3, column: 1, hint: expect.stringContaining(hint) as string },
    ]);
  });

  test("no annotations: after SQL on the line, and with another case", () => {
    expect(up(lines("-- +goose Up", "SELECT 1; -- +goose Down", "-- +GOOSE Down", "SELECT 2;"))).toEqual([
      "SELECT 1;",
      "SELECT 2;",
    ]);
  });
});

describe("the order of annotations", () => {
  test.each([
    ["an empty file", "", "1:1 the file is empty"],
    ["comments alone", "-- nothing\n", "1:1 the file has only comments"],
    ["SQL before Up", "CREATE TABLE a ();\n", "1:1 expected -- +goose Up before this"],
    ["a block comment before Up", "-- x\n /* y */\n-- +goose Up\n", "2:2 expected -- +goose Up before this"],
    ["Down before Up", "-- +goose Down\nSELECT 1;\n-- +goose Up\n", "1:1 -- +goose Down stands before -- +goose Up"],
    ["a block before Up", "-- +goose StatementBegin\n", "1:1 -- +goose StatementBegin stands before -- +goose Up"],
    ["Up twice", "-- +goose Up\n-- +goose Up\n", "2:1 -- +goose Up stands twice in the file"],
    [
      "Up after Down",
      "-- +goose Up\n-- +goose Down\n-- +goose Up\nSELECT 1;\n",
      "3:1 -- +goose Up stands twice in the file",
    ],
    [
      "End without Begin",
      "-- +goose Up\n-- +goose StatementEnd\n",
      "2:1 -- +goose StatementEnd without a -- +goose StatementBegin before it",
    ],
    [
      "Begin without End",
      "-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n",
      "2:1 -- +goose StatementBegin without a -- +goose StatementEnd after it",
    ],
    [
      "Begin in a block",
      "-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n-- +goose StatementBegin\n-- +goose StatementEnd\n",
      "4:1 -- +goose StatementBegin stands inside a block",
    ],
    [
      "Down in a block",
      "-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n-- +goose Down\n-- +goose StatementBegin\nSELECT 2\n-- +goose StatementEnd\n",
      "4:1 -- +goose Down stands inside a block",
    ],
  ])("%s", (_, text, problem) => expect(problemsOf(text)).toEqual([problem]));

  test("NO TRANSACTION may stand anywhere and holds for both directions", () => {
    const places = [
      lines("-- +goose NO TRANSACTION", "-- +goose Up", "SELECT 1;"),
      lines("-- +goose Up", "-- +goose no transaction", "SELECT 1;"),
      lines("-- +goose Up", "SELECT", "-- +goose NO TRANSACTION", "1;"),
      lines(
        "-- +goose Up",
        "-- +goose StatementBegin",
        "SELECT 1;",
        "-- +goose NO TRANSACTION",
        "-- +goose StatementEnd",
      ),
      lines("-- +goose Up", "SELECT 1;", "-- +goose Down", "-- +goose NO TRANSACTION"),
    ];
    for (const text of places) {
      const migration = parse(text);
      expect([migration.transaction, migration.up.length]).toEqual([false, 1]);
    }
    expect(parse(places[2] ?? "").up[0]?.sql).toBe("SELECT\n1;");
  });

  test("other tools' files get a hint", () => {
    const hint = (text: string) => inspect(text).problems[0]?.hint;
    expect(hint("-- migrate:up\nSELECT 1;\n")).toContain("dbmate");
    expect(hint("-- +migrate Up\nSELECT 1;\n")).toContain("sql-migrate");
  });
});

describe("directives", () => {
  test("are read anywhere outside literals", () => {
    const text = lines(
      "-- +gander lock_timeout 500ms",
      "-- +goose Up",
      "SELECT '",
      "-- +gander irreversible: not this one",
      "';",
      "--+gander Irreversible: the keys were moved; they are elsewhere",
    );
    expect(parse(text).directives).toEqual({
      lockTimeout: 500,
      irreversible: "the keys were moved; they are elsewhere",
    });
  });

  test.each([
    ["lock_timeout 2s", 2000],
    ["lock_timeout = '1min'", 60_000],
    ["lock-timeout: 0", 0],
    ["lock_timeout 250 ms;", 250],
  ])("%s", (text, ms) => expect(parse(`-- +gander ${text}\n-- +goose Up\n`).directives.lockTimeout).toBe(ms));

  test.each([
    ["lock_timeout 5", "-- +gander lock_timeout 500ms"],
    ["lock_timeout", "-- +gander lock_timeout 500ms"],
    ["lock_timeout 2h", "500ms"],
    ["lock_timeout 99999999999ms", "at most 2147483647ms"],
    ["irreversible", "-- +gander irreversible: the keys"],
    ["ireversible: x", "did you mean -- +gander irreversible?"],
    ["locktimeout 5s", "did you mean -- +gander lock_timeout?"],
    ["", "expected one of irreversible, lock_timeout"],
  ])("not %s", (text, hint) => {
    const { problems } = inspect(`-- +goose Up\n-- +gander ${text}\n`);
    expect(problems).toMatchObject([{ line: 2, column: 1, hint: expect.stringContaining(hint) as string }]);
  });

  test("prose about gander is no directive, and one directive twice is a mistake", () => {
    expect(parse("-- as +gander wants it\n-- +ganders\n-- +goose Up\n").directives).toEqual({});
    expect(problemsOf("-- +goose Up\n-- +gander lock_timeout 1s\n-- +gander lock_timeout 2s\n")).toEqual([
      "3:1 -- +gander lock_timeout stands twice in the file",
    ]);
  });
});
