import { describe, expect, test } from "vitest";
import { PostgresError } from "../../src/database/postgres-error.ts";
import {
  ConfigError,
  ConnectionError,
  FileError,
  HistoryError,
  LockTimeoutError,
  UsageError,
} from "../../src/errors.ts";
import { errorJson } from "../../src/report/error-json.ts";
import { jsonDocument } from "../../src/report/json-document.ts";
import { renderError } from "../../src/report/render-error.ts";
import { plainView } from "../../src/report/view.ts";
import { MigrationFailedError } from "../../src/run/migration-failed-error.ts";
import type { Failure } from "../../src/run/migration-failed-error.ts";
import { tagStyle } from "./data.ts";

const render = (error: unknown, verbose = false): string => renderError(error, verbose, plainView);

function failed(change: Partial<Failure> = {}): MigrationFailedError {
  const failure: Failure = {
    direction: "up",
    version: 20250601n,
    file: "20250601_plan.sql",
    path: "migrations/20250601_plan.sql",
    line: 3,
    column: 3,
    statement: "ALTER TABLE users\n  ADD COLUMN plan text NOT NULL;",
    statementNumber: 2,
    statements: 4,
    excerpt: { firstLine: 2, lines: ["ALTER TABLE users", "  ADD COLUMN plan text NOT NULL;", ""], line: 3, column: 3 },
    sqlState: "23502",
    serverMessage: 'column "plan" of relation "users" contains null values',
    detail: "Some detail.",
    serverHint: undefined,
    where: "PL/pgSQL function f() line 2\nSQL statement",
    applied: [{ direction: "up", version: 1n, name: "1_init.sql", statements: 1, durationMs: 5 }],
    state: "Nothing of 20250601_plan.sql was kept; the database is at version 1.",
    ...change,
  };
  return new MigrationFailedError(`migrations/20250601_plan.sql:3:3: ${failure.serverMessage} [23502]`, failure, {
    hint: "Do it in steps:\n  1. add the column without NOT NULL",
  });
}

describe("a migration that failed", () => {
  test("is told from the place to what to do", () => {
    expect(render(failed())).toBe(
      `error[GANDER_MIGRATION_FAILED]: migrations/20250601_plan.sql:3:3: column "plan" of relation "users"
contains null values [23502]

    2 | ALTER TABLE users
  > 3 |   ADD COLUMN plan text NOT NULL;
      |   ^
    4 |

  Statement: 2 of 4
  Detail: Some detail.
  Context: PL/pgSQL function f() line 2
    SQL statement

Before it this run applied 1 migration: 1_init.sql.
Nothing of 20250601_plan.sql was kept; the database is at version 1.

What to do:
  Do it in steps:
    1. add the column without NOT NULL`,
    );
  });

  test("where the place is not known, the statement is shown", () => {
    const text = render(
      failed({ excerpt: undefined, statement: Array.from({ length: 20 }, () => "SELECT").join("\n") }),
    );
    expect(text.match(/^ {4}SELECT$/gmu)).toHaveLength(8);
    expect(text).toContain("    …\n");
    expect(render(failed({ excerpt: undefined, statement: undefined }))).not.toContain("SELECT");
  });

  test("a server cannot write to the terminal", () => {
    expect(render(failed({ detail: "\u001b[2Jgone" }))).toContain("Detail: \\x1b[2Jgone");
  });

  test("as JSON it has everything, versions as text", () => {
    const document = JSON.parse(jsonDocument({ error: errorJson(failed()) })) as Record<string, unknown>;
    expect(document["error"]).toMatchObject({
      code: "GANDER_MIGRATION_FAILED",
      version: "20250601",
      path: "migrations/20250601_plan.sql",
      line: 3,
      column: 3,
      sqlState: "23502",
      excerpt: { firstLine: 2 },
      applied: [{ version: "1", name: "1_init.sql" }],
      state: expect.stringContaining("version 1"),
      hint: expect.stringContaining("in steps"),
    });
  });
});

describe("other errors", () => {
  test("of usage: no code, because there is nothing to look up", () => {
    expect(render(new UsageError("There is no command x", { hint: "Did you mean y?" }))).toBe(
      "error: There is no command x\n\nWhat to do: Did you mean y?",
    );
  });

  test("of files: all problems, one a line, each with its hint", () => {
    const error = new FileError("2 files cannot be used", [
      { file: "m/1_a.sql", line: 3, column: 7, message: "unknown annotation", hint: "did you mean Up?" },
      { file: "m/b.sql", message: "the name has no version" },
    ]);
    expect(render(error)).toBe(
      [
        "error[GANDER_FILE]: 2 files cannot be used",
        "m/1_a.sql:3:7: error: unknown annotation",
        "  did you mean Up?",
        "m/b.sql: error: the name has no version",
      ].join("\n"),
    );
  });

  test("a problem that the message tells is not told twice", () => {
    const error = new FileError(
      "the folder x does not exist",
      [{ file: "x", message: "the folder x does not exist", hint: "h" }],
      {
        hint: "h",
      },
    );
    expect(render(error)).toBe("error[GANDER_FILE]: the folder x does not exist\n\nWhat to do: h");
  });

  test("of the connection: with the server's code", () => {
    expect(render(new ConnectionError("refused", { sqlState: "28P01" }))).toBe(
      "error[GANDER_CONNECTION]: refused\n  SQLSTATE 28P01",
    );
  });

  test("their causes are for those who ask", () => {
    const error = new ConfigError("x", { cause: new Error("deep", { cause: new TypeError("deeper") }) });
    expect(render(error)).toBe("error[GANDER_CONFIG]: x");
    expect(render(error, true)).toBe("error[GANDER_CONFIG]: x\n\ncaused by Error: deep\ncaused by TypeError: deeper");
  });

  test("that nobody expects: the stack, and where it belongs", () => {
    const text = render(new TypeError("x is not a function"));
    expect(text).toMatch(
      /^error: gander met something that it does not expect\nTypeError: x is not a function\n {4}at /u,
    );
    expect(text).toContain("Please report it");
    const fields = { severity: "ERROR", sqlState: "XX000", message: "cache lookup failed", detail: "d" };
    expect(render(new PostgresError(fields, 0))).toBe("error: PostgreSQL said ERROR XX000: cache lookup failed\n  d");
  });

  test("the label alone is coloured", () => {
    expect(renderError(new UsageError("x"), false, { style: tagStyle, width: 80 })).toBe("<bad>error:</bad> x");
  });

  test.each([
    [new LockTimeoutError("table", "x"), { lock: "table" }],
    [new HistoryError("GANDER_HISTORY_MISSING", "x", { versions: [5n] }), { versions: [5n] }],
    [new FileError("x", [{ file: "f", message: "m" }]), { problems: [{ file: "f", message: "m" }] }],
    [new TypeError("x"), { code: "UNEXPECTED", message: "x" }],
  ])("as JSON: %o", (error, fields) => {
    expect(errorJson(error)).toMatchObject(fields);
  });
});
