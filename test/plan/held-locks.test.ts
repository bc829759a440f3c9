import { describe, expect, test } from "vitest";
import { planUp } from "../../src/plan/plan-up.ts";
import { file, STRICT } from "./migrations.ts";

/** The warnings of a plan for files with these Ups. */
function warnings(ups: readonly string[], head = ""): readonly string[] {
  const files = ups.map((up, index) => file(index + 1, { up, head }));
  const history = { table: { schema: "public", name: "schema_migrations" }, exists: false, rows: [] };
  return planUp(files, history, {}, STRICT)
    .warnings.filter(({ kind }) => kind === "held-locks")
    .map(({ message }) => message);
}

describe("a warning of a table that stays locked while another one is waited for", () => {
  test("names both, with their lines", () => {
    expect(warnings(["ALTER TABLE a ADD x int;\nSELECT 1;\nALTER TABLE s.b ADD y int;"])).toEqual([
      "migrations/1_m.sql:4: a (line 2) stays locked while the migration waits for s.b: whoever uses it waits, too. A migration for each table would hold one lock at a time.",
    ]);
  });

  test.each([
    ["DROP TABLE a, b;"],
    ["LOCK TABLE a;\nTRUNCATE b;"],
    ["CREATE INDEX ON a (x);\nALTER TABLE b ADD y int;\nDROP TABLE c;"],
    ["DROP TRIGGER t ON a;\nCREATE TRIGGER t AFTER INSERT ON b FOR EACH ROW EXECUTE FUNCTION f();"],
    ["-- first\nALTER TABLE a ADD x int;\n/* then */ ALTER TABLE b ADD x int;"],
  ])("is given for %s", (up) => expect(warnings([up])).toHaveLength(1));

  test.each([
    ["one table, however it is written", ["ALTER TABLE a ADD x int;\nALTER TABLE public.a ADD y int;\nDROP INDEX i;"]],
    [
      "tables that the migration makes",
      ["CREATE TABLE b (x int);\nALTER TABLE a ADD x int;\nALTER TABLE b ADD y int;"],
    ],
    [
      "tables that it makes anew",
      ["DROP TABLE IF EXISTS a;\nCREATE TABLE a ();\nDROP TABLE IF EXISTS b;\nCREATE TABLE b ();"],
    ],
    [
      "tables that the plan made before",
      ["CREATE TABLE a ();\nCREATE TABLE b ();", "ALTER TABLE a ADD x int;\nALTER TABLE b ADD x int;"],
    ],
    ["a table by its new name", ["ALTER TABLE a RENAME TO b;\nALTER TABLE b ADD x int;"]],
    ["rows", ["UPDATE a SET x = 1;\nUPDATE b SET x = 1;\nALTER TABLE c ADD y int;"]],
    ["locks that stop nobody", ["ALTER TABLE a VALIDATE CONSTRAINT f;\nALTER TABLE b VALIDATE CONSTRAINT g;"]],
  ])("is not given for %s", (_, ups) => expect(warnings(ups)).toEqual([]));

  test("is not given outside a transaction, where no lock outlives its statement", () => {
    const up = "ALTER TABLE a ADD x int;\nALTER TABLE b ADD x int;";
    expect(warnings([up], "-- +goose NO TRANSACTION\n")).toEqual([]);
    expect(warnings([up])).toHaveLength(1);
  });
});
