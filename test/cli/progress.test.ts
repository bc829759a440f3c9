import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createProgress } from "../../src/cli/progress.ts";
import type { Progress } from "../../src/cli/progress.ts";
import type { GanderEvent } from "../../src/events.ts";
import { plainStyle } from "../../src/report/style.ts";

const step = { direction: "up", version: 5n, name: "5_x.sql", step: 1, steps: 2 } as const;

let written = "";
let progress: Progress | undefined;
beforeEach(() => {
  vi.useFakeTimers();
  written = "";
});
afterEach(() => {
  progress?.stop();
  vi.useRealTimers();
});

function start(movable: boolean): (...events: GanderEvent[]) => void {
  const view = { style: plainStyle, width: 40 };
  progress = createProgress({ view, movable, write: (text) => (written += text) }, "normal");
  return (...events) => events.forEach((event) => progress?.listener(event));
}

/** What a terminal shows after all that was written. */
function screen(): string[] {
  const lines: string[] = [];
  for (const line of written.split("\n")) lines.push(line.split("\r\u001b[K").at(-1) ?? "");
  return lines;
}

describe("on a terminal", () => {
  test("one line moves, and gives way to what has happened", () => {
    const tell = start(true);
    tell({ type: "step-start", ...step });
    vi.advanceTimersByTime(1500);
    expect(screen()).toEqual([expect.stringMatching(/^. applying \[1\/2\] 5_x\.sql 1\.\d s$/u)]);
    tell({ type: "step-done", ...step, durationMs: 1500, statements: 1 });
    expect(screen()).toEqual(["applied 5_x.sql (1.5 s)", ""]);
    vi.advanceTimersByTime(1500);
    expect(screen()).toEqual(["applied 5_x.sql (1.5 s)", ""]);
  });

  test("what is over in a moment does not flicker", () => {
    const tell = start(true);
    tell({ type: "step-start", ...step });
    vi.advanceTimersByTime(50);
    tell({ type: "step-done", ...step, durationMs: 1, statements: 1 });
    expect(written).toBe("applied 5_x.sql (1 ms)\n");
  });

  test("a long name is cut to the width", () => {
    const tell = start(true);
    tell({ type: "step-start", ...step, name: `5_${"x".repeat(100)}.sql` });
    vi.advanceTimersByTime(200);
    expect(screen()[0]?.length).toBeLessThan(40);
    expect(screen()[0]).toMatch(/…$/u);
  });

  test("waiting is on the moving line only", () => {
    const tell = start(true);
    tell({ type: "lock-wait", lock: "run", holder: undefined, waitedMs: 0 });
    vi.advanceTimersByTime(300);
    expect(screen()).toEqual([expect.stringMatching(/^. waiting for another gander/u)]);
    tell({ type: "locked", waitedMs: 300 });
    vi.advanceTimersByTime(100);
    expect(screen()).toEqual([""]);
  });

  test("a question finds a free line, and stopping leaves nothing behind", () => {
    const tell = start(true);
    tell({ type: "step-start", ...step });
    vi.advanceTimersByTime(300);
    progress?.pause();
    expect(screen()).toEqual([""]);
    progress?.stop();
    vi.advanceTimersByTime(3000);
    expect(screen()).toEqual([""]);
  });
});

describe("in a log", () => {
  test("of many warnings of a kind the first are shown, and how many more there are", () => {
    const tell = start(false);
    const warn = (kind: "unknown" | "changed", version: bigint): GanderEvent => ({
      type: "warning",
      warning: { kind, version, message: `${kind} ${version}` },
    });
    for (let version = 1n; version <= 45n; version++) tell(warn("unknown", version));
    tell(warn("changed", 50n));
    expect(written.split("\n").slice(0, -1)).toEqual(
      ["unknown 1", "unknown 2", "unknown 3", "changed 50"].map((text) => `warning: ${text}`),
    );
    tell({ type: "run-start", direction: "up", steps: 1 });
    progress?.stop();
    expect(written.match(/42 more warnings of this kind/gu)).toHaveLength(1);
  });

  test("nothing moves; what takes long is told from time to time", () => {
    const tell = start(false);
    tell({ type: "step-start", ...step });
    vi.advanceTimersByTime(4900);
    expect(written).toBe("");
    vi.advanceTimersByTime(130_000);
    expect(written.split("\n").slice(0, -1)).toEqual(
      ["5 s", "15 s", "30 s", "1 min", "2 min"].map((time) => `still applying [1/2] 5_x.sql, ${time} so far`),
    );
    expect(written).not.toContain("\u001b");
  });

  test("waiting is told once for each holder, trying again less and less often", () => {
    const tell = start(false);
    const wait = (backendId: number): GanderEvent => ({
      type: "lock-wait",
      lock: "run",
      holder: { backendId },
      waitedMs: 0,
    });
    tell(wait(1), wait(1), wait(1), wait(2), wait(2));
    expect(written.match(/backend \d/gu)).toEqual(["backend 1", "backend 2"]);
    written = "";
    for (let attempt = 1; attempt <= 20; attempt++) {
      tell({ type: "step-retry", ...step, reason: "lock-timeout", attempt, pauseMs: 100, holders: [] });
    }
    expect(written.match(/attempt \d+/gu)).toEqual([1, 2, 4, 8, 16].map((attempt) => `attempt ${attempt}`));
  });
});
