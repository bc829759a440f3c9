import { expect, test } from "vitest";
import type { RepairPlan } from "../../src/index.ts";
import { jsonDocument } from "../../src/report/json-document.ts";
import { renderRepaired, renderRepairPlan, repairJson } from "../../src/report/render-repair.ts";
import { plainView } from "../../src/report/view.ts";

type Statement = RepairPlan["statements"][number];
type Found = Statement["objects"][number];

function plan(more: Partial<RepairPlan>): RepairPlan {
  return {
    version: 9007199254740993n,
    name: "2_b.sql",
    direction: "up",
    state: "stopped",
    mark: "resumable",
    firstStatement: 2,
    file: "same",
    statements: [],
    cleanup: [],
    ...more,
  };
}

function statement(progress: Statement["progress"], ...objects: readonly Found[]): Statement {
  return { statement: 1, line: 3, text: "UPDATE t SET a = 1;", progress, objects };
}

function lineOf(progress: Statement["progress"], ...objects: readonly Found[]): string {
  const lines = renderRepairPlan(plan({ statements: [statement(progress, ...objects)] }), plainView).split("\n");
  return lines[2]?.replace(/^.*line 3: +/, "") ?? "";
}

test("a plan: what is there, what goes, what the version will be", () => {
  const text = renderRepairPlan(
    plan({
      statements: [
        statement(
          "ran",
          { action: "create", kind: "column", name: "a", of: "app.t", state: "present" },
          { action: "drop", kind: "column", name: "b", of: "app.t", state: "missing" },
        ),
        {
          ...statement("failed", { action: "create", kind: "index", name: "i", of: "t", state: "invalid" }),
          statement: 2,
        },
        { ...statement("not-run"), statement: 3 },
      ],
      file: "rest-changed",
      cleanup: ["DROP INDEX CONCURRENTLY public.i"],
    }),
    plainView,
  );
  expect(text).toBe(`Repair of 2_b.sql: it stopped while applying at statement 2 of 3

  1  ran          line 3:  column a of app.t is there
                           column b of app.t is not there
  2  failed       line 3:  index i of t is INVALID
  3  did not run  line 3:  UPDATE t SET a = 1;

The file has changed since: what ran is the same, and what comes after it runs as it is now.

To be cleaned up:
  DROP INDEX CONCURRENTLY public.i

The version will be marked resumable: the next gander up goes on at statement 2.`);
});

const table = { kind: "table", name: "t" } as const;

test.each([
  ["ran", { ...table, action: "create", state: "missing" }, "table t is not there although the statement ran"],
  ["ran", { ...table, action: "drop", state: "present" }, "table t is still there"],
  ["failed", { ...table, action: "drop", state: "present" }, "table t is there"],
  [
    "not-run",
    { action: "validate", kind: "constraint", name: "k", of: "t", state: "not-validated" },
    "constraint k of t is not validated",
  ],
  [
    "ran",
    { action: "create", kind: "constraint", name: "k", of: "t", state: "not-validated" },
    "constraint k of t is there, not validated",
  ],
  ["failed", { action: "rebuild", kind: "index", name: "i", state: "valid" }, "index i is there and valid"],
  [
    "failed",
    { action: "drop", kind: "partition", name: "p1", of: "p", state: "detach-pending" },
    "partition p1 of p has its DETACH pending: going on runs DETACH PARTITION … FINALIZE",
  ],
] as const)("%s, %o", (progress, object, text) => expect(lineOf(progress, object)).toBe(text));

test("a statement that was under way and leaves nothing to look at says so", () => {
  expect(lineOf("under-way")).toBe("UPDATE t SET a = 1;: the catalog does not tell whether it happened: look");
});

test.each([
  [{ mark: "applied" }, "applied: it counts as applied, and no statement of it will run"],
  [{ mark: "rolled-back" }, "rolled back: it counts as not applied, and the next gander up runs all of it"],
  [{ state: "failed", firstStatement: 1 }, "resumable: it is pending, and the next gander up runs all of it"],
  [
    { direction: "down", statements: [statement("ran"), statement("failed")] },
    "resumable: the next gander down goes on at statement 2",
  ],
  [{ statements: [statement("ran")] }, "resumable: all statements are done, and the next gander up only notes it"],
] as const)("what was done: %o", (more, text) => {
  const done = plan({
    statements: [statement("ran"), statement("failed")],
    cleanup: ["DROP INDEX CONCURRENTLY i"],
    ...more,
  });
  expect(renderRepaired(done, plainView)).toBe(`done: DROP INDEX CONCURRENTLY i\n2_b.sql is marked ${text}.`);
});

test("names from the server cannot command a terminal, and versions are text in JSON", () => {
  expect(lineOf("ran", { ...table, name: "t\u001b[2J", action: "create", state: "present" })).toBe(
    "table t\\x1b[2J is there",
  );
  const document = JSON.parse(jsonDocument(repairJson(plan({ statements: [statement("ran")] })))) as Record<
    string,
    unknown
  >;
  expect(document).toMatchObject({
    version: "9007199254740993",
    file: "same",
    statements: [{ line: 3, progress: "ran" }],
  });
});
