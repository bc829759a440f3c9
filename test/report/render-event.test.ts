import { describe, expect, test } from "vitest";
import type { GanderEvent } from "../../src/events.ts";
import { renderEvent } from "../../src/report/render-event.ts";
import { plainView } from "../../src/report/view.ts";

const step = { direction: "up", version: 5n, name: "5_x.sql", step: 1, steps: 2 } as const;
const events: readonly GanderEvent[] = [
  { type: "connected", database: "h:5432/app", serverVersion: "18.1", pooled: true },
  { type: "checked", table: "public.schema_migrations", historyExists: false, applied: 0, files: 2, pending: 2 },
  { type: "warning", warning: { kind: "changed", version: 1n, message: "1_a.sql has changed" } },
  { type: "locked", waitedMs: 5 },
  { type: "locked", waitedMs: 12_000 },
  { type: "run-start", direction: "up", steps: 2 },
  { type: "step-start", ...step },
  { type: "statement-start", ...step, statement: 1, statements: 3 },
  { type: "step-notice", ...step, notice: { severity: "NOTICE", sqlState: "00000", message: "hello" } },
  {
    type: "step-notice",
    ...step,
    notice: { severity: "WARNING", sqlState: "01000", message: "careful", hint: "look" },
  },
  { type: "step-done", ...step, durationMs: 1234, statements: 3 },
  { type: "step-failed", ...step, message: "no" },
  { type: "step-done", ...step, direction: "down", durationMs: 0.2, statements: 1 },
  { type: "run-done", direction: "up", steps: 2, durationMs: 2000 },
];
const lines = (detail: "normal" | "verbose"): readonly string[] =>
  events.flatMap((event) => renderEvent(event, detail, plainView));

describe("a log of a run", () => {
  test("tells what was done, and what people should know", () => {
    expect(lines("normal")).toEqual([
      "warning: 1_a.sql has changed",
      "waited 12 s for the run lock",
      "  WARNING: careful",
      "    look",
      "applied 5_x.sql (1.2 s)",
      "failed 5_x.sql",
      "rolled back 5_x.sql (<1 ms)",
    ]);
  });

  test("tells everything when it is asked to", () => {
    expect(lines("verbose")).toEqual([
      "connected to h:5432/app, PostgreSQL 18.1, through a pooler",
      "public.schema_migrations: no history yet, 2 files, 2 pending",
      "warning: 1_a.sql has changed",
      "waited 12 s for the run lock",
      "applying 2 migrations",
      "applying 5_x.sql",
      "  statement 1 of 3",
      "  NOTICE: hello",
      "  WARNING: careful",
      "    look",
      "applied 5_x.sql (1.2 s)",
      "failed 5_x.sql",
      "rolled back 5_x.sql (<1 ms)",
    ]);
  });
});

describe("who is waited for", () => {
  const holder = {
    backendId: 77,
    user: "app",
    applicationName: "web",
    clientAddress: "10.0.0.9",
    query: "SELECT *\n  FROM t",
    since: "2025-12-20T12:00:00+00:00",
  };
  test("a table lock", () => {
    const event = {
      type: "step-retry",
      ...step,
      reason: "lock-timeout",
      attempt: 3,
      pauseMs: 400,
      holders: [holder],
    } as const;
    expect(renderEvent(event, "normal", plainView)).toEqual([
      '5_x.sql waited for a table lock, held by backend 77, web, user app, from 10.0.0.9, since 2025-12-20 12:00:00 UTC, "SELECT * FROM t"; trying again in 400 ms (attempt 3)',
    ]);
  });
  test("the run lock, with and without a known holder", () => {
    const wait = (value: typeof holder | undefined): readonly string[] =>
      renderEvent({ type: "lock-wait", lock: "run", holder: value, waitedMs: 61_000 }, "normal", plainView);
    expect(wait(undefined)).toEqual(["waiting for another gander that is at work on this database, 1 min 1 s so far"]);
    expect(wait(holder)[0]).toContain("(backend 77, web, user app");
  });
  test("the history's table, which has to be upgraded", () => {
    const wait = (value: typeof holder | undefined): readonly string[] =>
      renderEvent({ type: "lock-wait", lock: "history", holder: value, waitedMs: 100 }, "normal", plainView);
    expect(wait(undefined)).toEqual(["the history has to be upgraded and is in use; trying again"]);
    expect(wait(holder)[0]).toMatch(/is in use \(backend 77, web, user app.*\); trying again$/);
    const upgraded = { type: "history-upgraded", table: "public.schema_migrations", from: 1, to: 2 } as const;
    expect(renderEvent(upgraded, "normal", plainView)[0]).toMatch(
      /^upgraded the history public\.schema_migrations to layout 2/,
    );
  });
});
