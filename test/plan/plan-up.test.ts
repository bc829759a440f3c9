import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type HistoryError, UsageError } from "../../src/errors.ts";
import { planUp, type UpTarget } from "../../src/plan/plan-up.ts";
import type { Plan, Policies } from "../../src/plan/plan.ts";
import { file, history, row, STRICT } from "./migrations.ts";

const versionsOf = ({ steps }: Plan): readonly number[] => steps.map(({ migration }) => Number(migration.version));
const errorOf = (work: () => unknown): HistoryError => {
  try {
    work();
  } catch (error) {
    return error as HistoryError;
  }
  throw new Error("nothing was thrown");
};

/** Versions among files and rows, as random sets; every version fits into a bigint of PostgreSQL. */
const versions = fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 12 });

describe("planUp, whatever files and rows there are", () => {
  test("with missing versions applied, it plans each version without a row once, by ascending version", () => {
    fc.assert(
      fc.property(versions, versions, (files, rows) => {
        const plan = planUp(
          files.map((version) => file(version)),
          history(...rows.map((version) => row(version))),
          {},
          { ...STRICT, missing: "apply" },
        );
        const expected = files.filter((version) => !rows.includes(version)).toSorted((a, b) => a - b);
        expect(versionsOf(plan)).toEqual(expected);
      }),
    );
  });

  test("strictly, it plans only what is newer than all that is applied, or names every version that is not", () => {
    fc.assert(
      fc.property(versions, versions, (files, rows) => {
        const newest = Math.max(0, ...rows);
        const missing = files
          .filter((version) => version < newest && !rows.includes(version))
          .toSorted((a, b) => a - b);
        const plan = (policies: Policies) =>
          planUp(
            files.map((version) => file(version)),
            history(...rows.map((version) => row(version))),
            {},
            policies,
          );
        const newer = files.filter((version) => version > newest).toSorted((a, b) => a - b);
        expect(versionsOf(plan({ ...STRICT, missing: "ignore" }))).toEqual(newer);
        if (missing.length === 0) expect(versionsOf(plan(STRICT))).toEqual(newer);
        else expect(errorOf(() => plan(STRICT)).versions.map(Number)).toEqual(missing);
      }),
    );
  });

  test("a limit and a target cut the same list off", () => {
    fc.assert(
      fc.property(versions, fc.nat(12), (files, limit) => {
        const plan = (target: UpTarget) =>
          versionsOf(
            planUp(
              files.map((one) => file(one)),
              history(),
              target,
              STRICT,
            ),
          );
        const all = plan({});
        expect(plan({ limit })).toEqual(all.slice(0, limit));
        for (const to of files) expect(plan({ to: BigInt(to) })).toEqual(all.filter((version) => version <= to));
      }),
    );
  });
});

describe("planUp", () => {
  test("keeps versions apart that are equal as numbers of JavaScript", () => {
    const files = [9007199254740993n, 9007199254740992n, 9223372036854775807n].map((version) => file(version));
    const plan = planUp(files, history(row(9007199254740992n)), {}, STRICT);
    expect(plan.steps.map(({ migration }) => migration.version)).toEqual([9007199254740993n, 9223372036854775807n]);
  });

  test("tries a failed version again, also an old one, and it is no missing version to a newer target", () => {
    const failed = row(2, { state: "failed" });
    expect(versionsOf(planUp([file(1), file(2), file(3)], history(row(1), failed), {}, STRICT))).toEqual([2, 3]);
    const old = errorOf(() => planUp([file(1), file(2), file(3)], history(row(1), failed, row(3)), {}, STRICT));
    expect([old.code, old.versions]).toEqual(["GANDER_HISTORY_MISSING", [2n]]);
  });

  test("a missing version beyond the target does not stand in the way", () => {
    const plan = planUp([file(1), file(2), file(4)], history(row(1), row(5)), { to: 1n }, STRICT);
    expect(versionsOf(plan)).toEqual([]);
    expect(plan.warnings.map(({ kind }) => kind)).toEqual(["unknown"]);
  });

  test.each(["running", "stopped"] as const)("refuses over a %s version, and prints the commands", (state) => {
    const error = errorOf(() => planUp([file(1), file(2)], history(row(1, { state, statements: 3 })), {}, STRICT));
    expect([error.code, error.versions]).toEqual(["GANDER_HISTORY_DIRTY", [1n]]);
    for (const command of [
      "gander repair 1 ",
      "gander repair 1 --mark-applied",
      "gander repair 1 --mark-rolled-back",
    ]) {
      expect(error.hint).toContain(command);
    }
  });

  test("a resumable version goes on at its statement and in its direction", () => {
    const resumable = row(1, { state: "resumable", direction: "down", statements: 3, statementsDone: 2 });
    const [first, second] = planUp([file(1), file(2)], history(resumable), {}, STRICT).steps;
    expect([first?.direction, first?.firstStatement]).toEqual(["down", 2]);
    expect([second?.direction, second?.firstStatement]).toEqual(["up", 0]);
  });

  test.each([0n, -1n, 7n])("refuses the target %s, which neither a file nor the history has", (to) => {
    expect(() => planUp([file(1)], history(), { to }, STRICT)).toThrow(UsageError);
  });

  test("compares the SQL of applied files, not their looks; an adopted row has none to compare", () => {
    const plan = (up: string, rows = history(row(1))) => planUp([file(1, { up })], rows, {}, STRICT);
    expect(versionsOf(plan("  SELECT /* one */\n1 ;"))).toEqual([]);
    expect(errorOf(() => plan("SELECT 11;")).code).toBe("GANDER_HISTORY_CHANGED");
    expect(versionsOf(plan("SELECT 11;", history(row(1, { checksum: undefined }))))).toEqual([]);
  });

  test("a Down that cannot be used is a warning, and no reason not to go up", () => {
    const plan = planUp([file(1, { down: "SELECT 'open" })], history(), {}, STRICT);
    expect(versionsOf(plan)).toEqual([1]);
    expect(plan.warnings.map(({ kind }) => kind)).toEqual(["down-unusable"]);
  });
});
