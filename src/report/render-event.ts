import type { GanderEvent, LockHolder } from "../events.ts";
import { counted } from "./counted.ts";
import { durationText } from "./duration-text.ts";
import { holderText } from "./holder-text.ts";
import { printable, printableLine } from "./printable.ts";
import { renderWarning } from "./render-warnings.ts";
import type { View } from "./view.ts";

/** How much people want to be told. */
export type Detail = "normal" | "verbose";

/** One event as lines of a log; none where it is not worth one at this detail. */
export function renderEvent(event: GanderEvent, detail: Detail, view: View): readonly string[] {
  const { style } = view;
  const verbose = (...lines: string[]): readonly string[] => (detail === "verbose" ? lines : []);
  switch (event.type) {
    case "connected": {
      const pooled = event.pooled ? ", through a pooler" : "";
      return verbose(`connected to ${printableLine(event.database)}, PostgreSQL ${event.serverVersion}${pooled}`);
    }
    case "checked": {
      const history = event.historyExists ? `${event.applied} applied` : "no history yet";
      return verbose(
        `${printableLine(event.table)}: ${history}, ${counted(event.files, "file")}, ${event.pending} pending`,
      );
    }
    case "warning":
      return renderWarning(event.warning, view);
    case "lock-wait":
      if (event.lock === "other-tool") return ["the other tool is at work on its table; trying again"];
      return [event.lock === "run" ? waitingText(event.holder, event.waitedMs) : historyInUse(event.holder)];
    case "locked":
      return event.waitedMs >= 1000 ? [`waited ${durationText(event.waitedMs)} for the run lock`] : [];
    case "history-upgraded":
      return [
        `upgraded the history ${printableLine(event.table)} to layout ${event.to}: an older gander can look at it, and write no more`,
      ];
    case "connection-lost":
      return [
        style(
          "warning",
          `${printableLine(event.message)}; connecting again in ${durationText(event.pauseMs)} (attempt ${event.attempt})`,
        ),
      ];
    case "run-start":
      return verbose(`${event.direction === "up" ? "applying" : "rolling back"} ${counted(event.steps, "migration")}`);
    case "logged":
      return [];
    case "step-start":
      return verbose(`${event.direction === "up" ? "applying" : "rolling back"} ${printableLine(event.name)}`);
    case "statement-start":
      return verbose(`  statement ${event.statement} of ${event.statements}`);
    case "step-retry":
      return [retryText(event)];
    case "statement-wait":
      return [statementWaitText(event)];
    case "step-notice": {
      const { notice } = event;
      const lines = [`  ${notice.severity}: ${notice.message}`, notice.detail, notice.hint].filter(
        (line) => line !== undefined,
      );
      const text = printable(lines.join("\n    ")).split("\n");
      return notice.severity === "WARNING" ? text.map((line) => style("warning", line)) : verbose(...text);
    }
    case "step-done":
      return [
        `${style("good", doneWord[event.direction])} ${printableLine(event.name)} ${style("faint", `(${durationText(event.durationMs)})`)}`,
      ];
    case "step-failed":
      return [`${style("bad", "failed")} ${printableLine(event.name)}`];
    case "run-done":
      return [];
  }
}

const doneWord = { up: "applied", down: "rolled back" } as const;

/** Who holds the run lock, and for how long we have waited. */
export function waitingText(holder: LockHolder | undefined, waitedMs: number): string {
  const who = holder === undefined ? "" : ` (${holderText(holder)})`;
  const soFar = waitedMs < 1000 ? "" : `, ${durationText(waitedMs)} so far`;
  return `waiting for another gander that is at work on this database${who}${soFar}`;
}

function historyInUse(holder: LockHolder | undefined): string {
  const who = holder === undefined ? "" : ` (${holderText(holder)})`;
  return `the history has to be upgraded and is in use${who}; trying again`;
}

function statementWaitText(event: Extract<GanderEvent, { type: "statement-wait" }>): string {
  const statement = event.statement === undefined ? "" : `, statement ${event.statement},`;
  const holders = event.holders.map(holderText).join("; ");
  return `${printableLine(event.name)}${statement} waits for ${holders}; ${durationText(event.waitedMs)} so far`;
}

const retryReasons = {
  "lock-timeout": "waited for a table lock",
  deadlock: "was in a deadlock",
  serialization: "met a concurrent change",
} as const;

function retryText(event: Extract<GanderEvent, { type: "step-retry" }>): string {
  const holders = event.holders.length === 0 ? "" : `, held by ${event.holders.map(holderText).join("; ")}`;
  const again = `trying again in ${durationText(event.pauseMs)} (attempt ${event.attempt})`;
  return `${printableLine(event.name)} ${retryReasons[event.reason]}${holders}; ${again}`;
}
