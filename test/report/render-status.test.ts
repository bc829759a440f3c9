import { describe, expect, test } from "vitest";
import { jsonDocument } from "../../src/report/json-document.ts";
import { renderStatus } from "../../src/report/render-status.ts";
import { statusJson } from "../../src/report/status-json.ts";
import { plainView } from "../../src/report/view.ts";
import type { VersionStatus } from "../../src/plan/plan.ts";
import { row, tagStyle, version } from "./data.ts";

const status = (...versions: VersionStatus[]) => ({
  table: "public.schema_migrations",
  historyExists: true,
  version: 3n,
  versions,
  warnings: [],
});

describe("as text", () => {
  test("a database where all is well", () => {
    expect(renderStatus(status(version("2_users.sql", "applied"), version("3_a.sql", "pending")), plainView)).toBe(
      [
        "State    When (UTC)           Took   Migration",
        "applied  2025-12-20 12:00:00  12 ms  2_users.sql",
        "pending                              3_a.sql",
        "",
        "version 3 (history in public.schema_migrations): 1 applied, 1 pending",
      ].join("\n"),
    );
  });

  test("an empty one", () => {
    const empty = { ...status(), historyExists: false, version: 0n };
    expect(renderStatus(empty, plainView)).toBe("nothing is applied (no history yet): 0 applied, 0 pending");
  });

  test("everything that needs a thought has its remark, with the command that helps", () => {
    const error = { message: 'column "x"\nhas nulls', sqlState: "23502" };
    const stopped = { dirty: true, state: "stopped", statementsDone: 1, error } as const;
    const text = renderStatus(
      status(
        version("1_late.sql", "missing"),
        version("2_gone.sql", "unknown"),
        version("3_edited.sql", "applied", { changed: true }),
        version("4_bad.sql", "failed", { row: row("4_bad.sql", { dirty: true, state: "failed", error }) }),
        version("5_half.sql", "dirty", { row: row("5_half.sql", stopped) }),
      ),
      { ...plainView, width: 500 },
    );
    expect(
      text
        .split("\n")
        .slice(1, 6)
        .map((line) => line.replace(/\s+/gu, " ")),
    ).toEqual([
      "missing 1_late.sql",
      "unknown 2025-12-20 12:00:00 12 ms 2_gone.sql",
      "applied 2025-12-20 12:00:00 12 ms 3_edited.sql (changed since)",
      "failed 2025-12-20 12:00:00 4_bad.sql",
      "dirty 2025-12-20 12:00:00 5_half.sql",
    ]);
    expect(text).toContain(
      '5: applying it stopped half way after 1 statement of 3 (column "x" has nulls). Look at it with gander repair 5.',
    );
    expect(text).toContain(
      '4: it failed and was rolled back as a whole: column "x" has nulls. The next gander up tries',
    );
    expect(text).toContain("1: older than the newest applied version and never applied.");
    expect(text).toContain("2: applied, and no file has it");
    expect(text).toContain("gander accept VERSION");
  });

  test("many versions of a kind are not all named", () => {
    const many = Array.from({ length: 9 }, (_, index) => version(`${index + 1}_x.sql`, "missing"));
    expect(renderStatus(status(...many), plainView)).toContain("1, 2, 3, 4 and 5 more: older");
  });

  test("colours do not move the columns", () => {
    const versions = status(version("2_users.sql", "applied"), version("10_a.sql", "pending"));
    const colour = (_name: string, text: string): string => `\u001b[31m${text}\u001b[39m`;
    // oxlint-disable-next-line no-control-regex
    const bare = renderStatus(versions, { style: colour, width: 100 }).replace(/\u001b\[\d+m/gu, "");
    expect(bare).toBe(renderStatus(versions, plainView));
    expect(renderStatus(versions, { style: tagStyle, width: 100 })).toContain("<good>applied</good>");
  });

  test("a name cannot write to the terminal", () => {
    const evil = version("2_x.sql", "applied", { name: "2_\u001b[2J\u202e.sql\nfake" });
    expect(renderStatus(status(evil), plainView)).toContain("2_\\x1b[2J\\u202e.sql fake");
  });
});

test("as JSON: versions are text, dirty rows have their details", () => {
  const half = row("9007199254740993_x.sql", { dirty: true, state: "stopped", direction: "down", statementsDone: 1 });
  const document = JSON.parse(
    jsonDocument(
      statusJson(status(version("9007199254740993_x.sql", "dirty", { row: half }), version("3_a.sql", "pending"))),
    ),
  ) as Record<string, unknown>;
  expect(document).toMatchObject({ schemaVersion: 1, version: "3", pending: 1, dirty: 1, historyExists: true });
  expect(document["versions"]).toMatchObject([
    {
      version: "9007199254740993",
      state: "dirty",
      dirty: true,
      direction: "down",
      historyState: "stopped",
      statementsDone: 1,
      error: null,
      timestamp: "2025-12-20T12:00:00.900Z",
    },
    { version: "3", state: "pending", dirty: false, timestamp: null, path: "migrations/3_a.sql" },
  ]);
});
