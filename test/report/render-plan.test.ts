import { expect, test } from "vitest";
import type { Plan, PlanStep } from "../../src/plan/plan.ts";
import { planJson, renderPlan } from "../../src/report/render-plan.ts";
import { plainView } from "../../src/report/view.ts";
import { migration, row, statement } from "./data.ts";

const step = (name: string, change: Partial<PlanStep> = {}): PlanStep => ({
  direction: "up",
  migration: migration(name),
  firstStatement: 0,
  row: undefined,
  ...change,
});

test("what up would do", () => {
  const outside = migration("2_index.sql", { transaction: false, up: [statement(), statement(), statement()] });
  const plan: Plan = {
    direction: "up",
    steps: [
      step("1_init.sql", { migration: migration("1_init.sql", { up: [statement(), statement("x", 3)] }) }),
      step("2_index.sql", { migration: outside, firstStatement: 2 }),
      step("3_again.sql", { row: row("3_again.sql", { state: "failed", dirty: true }) }),
    ],
    warnings: [{ kind: "unknown", version: 9n, message: "9_x.sql is applied, and no file has it" }],
  };
  expect(renderPlan(plan, plainView)).toBe(
    [
      "3 migrations to apply:",
      "",
      "  1_init.sql   4 statements",
      "  2_index.sql  3 statements  outside a transaction, goes on at statement 3 of 3",
      "  3_again.sql  1 statement   failed before, tried again",
      "",
      "warning: 9_x.sql is applied, and no file has it",
    ].join("\n"),
  );
});

test("what down would do: a Down that is missing, empty or not meant to be is told", () => {
  const down = (name: string, change: Parameters<typeof migration>[1]): PlanStep =>
    step(name, { direction: "down", migration: migration(name, change) });
  const plan: Plan = {
    direction: "down",
    steps: [
      down("3_a.sql", { down: undefined }),
      down("2_b.sql", { down: [] }),
      down("1_c.sql", { directives: { irreversible: "the rows are gone" } }),
    ],
    warnings: [],
  };
  const lines = renderPlan(plan, plainView).split("\n");
  expect(lines[0]).toBe("3 migrations to roll back:");
  expect(lines[2]).toMatch(/no statements {2}has no Down$/u);
  expect(lines[3]).toMatch(/no statements {2}its Down is empty$/u);
  expect(lines[4]).toMatch(/1 statement +irreversible: the rows are gone$/u);
});

test("nothing to do", () => {
  expect(renderPlan({ direction: "up", steps: [], warnings: [] }, plainView)).toBe("Nothing to apply.");
  expect(renderPlan({ direction: "down", steps: [], warnings: [] }, plainView)).toBe("Nothing to roll back.");
});

test("as JSON", () => {
  expect(planJson({ direction: "up", steps: [step("7_x.sql")], warnings: [] }, "SELECT 1;")).toEqual({
    direction: "up",
    steps: [
      {
        direction: "up",
        version: 7n,
        name: "7_x.sql",
        path: "migrations/7_x.sql",
        transaction: true,
        statements: 1,
        firstStatement: 0,
      },
    ],
    warnings: [],
    sql: "SELECT 1;",
  });
});
