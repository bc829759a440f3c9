import { describe, expect, test } from "vitest";
import { rewriteGooseArguments } from "../../src/cli/goose-arguments.ts";
import { UsageError } from "../../src/errors.ts";

const commands = ["up", "up-to", "create", "status", "version", "help"];
const rewrite = (line: string): string => rewriteGooseArguments(line === "" ? [] : line.split(" "), commands).join(" ");

describe("flags with one dash", () => {
  test.each([
    ["-dir migrations up", "--dir migrations up"],
    ["-dir=migrations up", "--dir=migrations up"],
    ["up -dir migrations", "up --dir migrations"],
    ["-table app.versions status", "--table app.versions status"],
    ["-allow-missing up", "--allow-missing up"],
    ["-allow-missing=true up", "--allow-missing up"],
    ["-allow-missing=false up", "up"],
    ["-no-color -v -s create x", "--no-color -v -s create x"],
    ["-timeout 1m30s up", "--timeout 1m30s up"],
    ["-env none up", "--env-file none up"],
    ["--env=prod.env up", "--env-file=prod.env up"],
    ["-h", "-h"],
    ["-version", "--version"],
    ["-d migrations up", "-d migrations up"],
    ["-d=migrations up", "-d migrations up"],
    ["-lock-timeout 2s up", "--lock-timeout 2s up"],
    ["create x -- -dir", "create x -- -dir"],
    // The value of an option is no flag, whatever it looks like.
    ["--table -dir up", "--table -dir up"],
  ])("%s", (goose, ours) => {
    expect(rewrite(goose)).toBe(ours);
  });
});

describe("driver and DSN before the command", () => {
  test.each([
    ["postgres postgres://u@h/x up", "--database-url=postgres://u@h/x up"],
    ["pgx dbname=x status", "--database-url=dbname=x status"],
    ["-dir m postgres dbname=x up -v", "--database-url=dbname=x --dir m up -v"],
    ["postgres dbname=x up-to 5", "--database-url=dbname=x up-to 5"],
    ["postgres dbname=x create up sql", "--database-url=dbname=x create up sql"],
    // GOOSE_DBSTRING has the rest.
    ["postgres up", "up"],
    ["postgres", ""],
    ["postgres://u:p@h/x up", "--database-url=postgres://u:p@h/x up"],
    ["pglite:./x up", "--database-url=pglite:./x up"],
    ["up", "up"],
    ["create postgres", "create postgres"],
    ["ups", "ups"],
  ])("%s", (goose, ours) => {
    expect(rewrite(goose)).toBe(ours);
  });

  test("a DSN with blanks is one argument", () => {
    expect(rewriteGooseArguments(["postgres", "host=h password=a b", "up"], commands)).toEqual([
      "--database-url=host=h password=a b",
      "up",
    ]);
  });

  test("another kind of database is named", () => {
    expect(() => rewrite("mysql u:p@/x up")).toThrow(UsageError);
    expect(() => rewrite("mysql u:p@/x up")).toThrow(/^mysql is another kind of database/u);
  });
});

test.each([
  ["-no-versioning up", /always keeps a history/u],
  ["-certfile x up", /MySQL/u],
  ["-allow-missing=perhaps up", /true or false/u],
])("%s has no meaning here", (line, message) => {
  expect(() => rewrite(line)).toThrow(message);
});
