import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FileError, HistoryError, IrreversibleError, UsageError } from "../../src/errors.ts";
import { type DownTarget, planDown } from "../../src/plan/plan-down.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { file, history, row } from "./migrations.ts";

const ASK = { allowEmptyDown: false };
const versionsOf = ({ steps }: Plan): readonly number[] => steps.map(({ migration }) => Number(migration.version));

/** Versions in the order in which they were applied. */
const order = fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 12 });

describe("planDown, in whatever order versions were applied", () => {
  const plan = (applied: readonly number[], target: DownTarget) =>
    versionsOf(
      planDown(
        applied.map((version) => file(version)),
        history(
          ...applied
            .map((version, at) => row(version, { sequence: BigInt(at) }))
            .toSorted((a, b) => Number(a.version - b.version)),
        ),
        target,
        ASK,
      ),
    );

  test("undoes the last applied first, and all of it", () => {
    fc.assert(
      fc.property(order, (applied) => {
        expect(plan(applied, "last")).toEqual([applied.at(-1)]);
        expect(plan(applied, "all")).toEqual(applied.toReversed());
        expect(plan(applied, { above: 0n })).toEqual(applied.toReversed());
      }),
    );
  });

  test("leaves nothing above its target and everything up to it", () => {
    fc.assert(
      fc.property(order, (applied) => {
        for (const above of applied) {
          const expected = applied.toReversed().filter((version) => version > above);
          expect(plan(applied, { above: BigInt(above) })).toEqual(expected);
        }
      }),
    );
  });
});

describe("planDown", () => {
  test("a failed version is no applied one", () => {
    const rows = history(row(1), row(2, { state: "failed" }));
    expect(versionsOf(planDown([file(1), file(2)], rows, "last", ASK))).toEqual([1]);
  });

  test("refuses over a version that stopped half way", () => {
    const rows = history(row(1), row(2, { state: "stopped" }));
    expect(() => planDown([file(1), file(2)], rows, "last", ASK)).toThrow(HistoryError);
  });

  test("a version without a file stops a rollback, and reset leaves it and says so", () => {
    const rows = history(row(1), row(2));
    expect(() => planDown([file(1)], rows, "last", ASK)).toThrow(/cannot roll back 2_m\.sql: no file has it/);
    expect(() => planDown([file(1)], rows, { above: 0n }, ASK)).toThrow(HistoryError);
    const plan = planDown([file(1)], rows, "all", ASK);
    expect([versionsOf(plan), plan.warnings.map(({ kind }) => kind)]).toEqual([[1], ["no-file"]]);
  });

  test.each([-1n, 7n])("refuses the target %s", (above) => {
    expect(() => planDown([file(1)], history(row(1)), { above }, ASK)).toThrow(UsageError);
  });

  test("checks every Down before the first one runs", () => {
    const rows = history(row(1), row(2), row(3));
    const good = [file(2), file(3)];
    const plan = (first: ReturnType<typeof file>, rules = ASK) => planDown([first, ...good], rows, "all", rules);
    expect(() => plan(file(1, { down: "" }))).toThrow(IrreversibleError);
    expect(() => plan(file(1, { down: "none" }))).toThrow(IrreversibleError);
    expect(() => plan(file(1, { down: "SELECT 'open" }))).toThrow(FileError);
    expect(versionsOf(plan(file(1, { down: "" }), { allowEmptyDown: true }))).toEqual([3, 2, 1]);
    const irreversible = file(1, { head: "-- +gander irreversible: rows are gone\n" });
    expect(() => plan(irreversible, { allowEmptyDown: true })).toThrow(/rows are gone/);
  });

  test("a Down that was stopped and repaired goes on at its statement", () => {
    const resumable = row(2, { state: "resumable", direction: "down", statements: 3, statementsDone: 2 });
    const [step] = planDown([file(1), file(2)], history(row(1), resumable), "last", ASK).steps;
    expect([step?.migration.version, step?.firstStatement]).toEqual([2n, 2]);
  });
});
