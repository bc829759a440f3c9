import { join } from "node:path";
import { expect, test } from "vitest";
import { FileError } from "../../src/errors.ts";
import { validateMigrations } from "../../src/files/validate.ts";
import { makeFolder, SIMPLE } from "./folder.ts";
import { lines } from "./parse.ts";

function validate(...texts: readonly string[]) {
  const files = texts.map((text, index) => ({ name: `${index + 1}_x.sql`, text }));
  const { problems, warnings } = validateMigrations(files, { env: {} });
  return {
    problems: problems.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`),
    warnings: warnings.map(({ kind, file, line }) => `${file}:${line} ${kind}`),
  };
}

test("nothing is said about migrations that are fine", () => {
  expect(validate(SIMPLE, SIMPLE)).toEqual({ problems: [], warnings: [] });
});

test("both directions are checked: a Down that cannot be used is a problem here", () => {
  expect(
    validate(lines("-- +goose Up", "SELECT 1;", "-- +goose Down", "SELECT 'a;", "-- +goose Dwn")).problems,
  ).toEqual(["1_x.sql:4:8 the string that begins here does not end"]);
});

test("what cannot run in a transaction", () => {
  const text = lines(
    "-- +goose Up",
    "CREATE INDEX i ON t (concurrently);",
    "  CREATE INDEX CONCURRENTLY j ON t (a);",
    "-- +goose StatementBegin",
    "SELECT 1; VACUUM;",
    "-- +goose StatementEnd",
    "-- +goose Down",
    "DROP INDEX CONCURRENTLY j;",
  );
  expect(validate(text).problems).toEqual([
    "1_x.sql:3:3 CREATE INDEX CONCURRENTLY cannot run in a transaction",
    "1_x.sql:5:11 VACUUM cannot run in a transaction",
    "1_x.sql:8:1 DROP INDEX CONCURRENTLY cannot run in a transaction",
  ]);
  expect(validate(`-- +goose NO TRANSACTION\n${text}`).problems).toEqual([
    "1_x.sql:6:11 VACUUM cannot be sent together with other statements",
  ]);
});

test("transaction control, which is fine outside a transaction", () => {
  const text = lines(
    "-- +goose Up",
    "BEGIN;",
    "SELECT 1;",
    "COMMIT;",
    "DO $$ BEGIN END $$;",
    "SAVEPOINT a;",
    "-- +goose Down",
    "ROLLBACK;",
  );
  expect(validate(text).warnings).toEqual([
    "1_x.sql:2 transaction-control",
    "1_x.sql:4 transaction-control",
    "1_x.sql:8 transaction-control",
  ]);
  expect(validate(`-- +goose NO TRANSACTION\n${text}`).warnings).toEqual([]);
});

test("gaps: an empty Up, no Down, an empty Down without a reason", () => {
  expect(
    validate(
      lines("-- +goose Up", "-- +goose Down", "SELECT 1;"),
      lines("-- +goose Up", "SELECT 1;"),
      lines("-- +goose Up", "SELECT 1;", "-- +goose Down"),
      lines("-- +goose Up", "SELECT 1;", "-- +gander irreversible: rows are gone"),
    ).warnings,
  ).toEqual(["1_x.sql:undefined empty-up", "2_x.sql:undefined no-down", "3_x.sql:undefined no-down"]);
});

test("a folder: bad names, duplicates and small numbers too", () => {
  using folder = makeFolder({
    "005_slot_architecture.sql": SIMPLE,
    "20250101000000_a.sql": SIMPLE,
    "20250102000000_b.sql": SIMPLE,
    "020250102000000_c.sql": SIMPLE,
    "x.sql": SIMPLE,
  });
  const { problems, warnings } = validateMigrations(folder.path);
  expect(problems.map(({ file }) => file.slice(folder.path.length + 1))).toEqual(["20250102000000_b.sql", "x.sql"]);
  expect(warnings).toMatchObject([
    { kind: "small-version", hint: "rename it to 20250102000001_slot_architecture.sql (gander fix does it)" },
  ]);
});

test("one file, by its path", () => {
  using folder = makeFolder({ "1_a.sql": SIMPLE, "2_b.sql": "nothing" });
  expect(validateMigrations(join(folder.path, "1_a.sql")).problems).toEqual([]);
  const path = join(folder.path, "2_b.sql");
  expect(validateMigrations(path).problems).toMatchObject([{ file: path, line: 1, column: 1 }]);
  expect(() => validateMigrations(join(folder.path, "3_c.sql"))).toThrow(FileError);
});
