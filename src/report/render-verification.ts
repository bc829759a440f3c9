import type { LogFinding } from "../history/check-chain.ts";
import type { LogEntry } from "../history/read-log.ts";
import type { LogVerification } from "../run/show-log.ts";
import { counted } from "./counted.ts";
import { headLine } from "./head-line.ts";
import { paragraph } from "./paragraph.ts";
import { printableLine } from "./printable.ts";
import { timeText } from "./time-text.ts";
import type { View } from "./view.ts";

const MOST = 20;

/** Whether the log is as it was written; if not, which events are not, and what to do. */
export function renderVerification(found: LogVerification, kept: string | undefined, view: View): string {
  const { style, width } = view;
  const { findings } = found;
  const events = `${counted(found.events, "event")} of ${printableLine(found.table)}`;
  const old =
    found.withoutHash === 0
      ? ""
      : ` (${found.withoutHash} of them from before there were hashes; nothing can be said of their content)`;
  const head = found.head === undefined ? [] : [headLine(found.head, view)];
  if (findings.length === 0) {
    if (!found.historyExists) return "There is no history yet.";
    const there = kept === undefined ? "" : " The hash that was kept is in it.";
    return [`${style("good", "The log is as it was written")}: ${events}${old}.${there}`, ...head].join("\n");
  }
  const lines = findings.slice(0, MOST).flatMap((finding) => paragraph(`- ${findingText(finding)}`, width));
  const more = findings.length > MOST ? [`- and ${findings.length - MOST} more (--json has all)`] : [];
  const advice =
    "Compare with a backup, and find out who could write as the owner of the tables. gander writes on behind what is there.";
  return [
    style("bad", `The log is not as it was written (${events}):`),
    ...lines,
    ...more,
    ...paragraph(advice, width),
    ...head,
  ].join("\n");
}

function findingText({ kind, id, lastId = id, entry, name, version }: LogFinding): string {
  const which = entry === undefined ? `event ${id}` : eventText(entry);
  switch (kind) {
    case "edited":
      return `${which} was edited: it does not have the hash it was written with`;
    case "replaced":
      return `${which} was edited or replaced together with its hash: the event after it was written after another one`;
    case "moved":
      return `${which} was moved: it was written in another place`;
    case "inserted":
      return `${which} was put in: gander did not write it there`;
    case "removed": {
      const range = lastId === id ? `event ${id} was` : `events ${id} to ${lastId} were`;
      return `${range} removed, before ${which}`;
    }
    case "head-gone":
      return entry === undefined
        ? "the hash that was kept is not in the log, which has no events: all were removed"
        : `the hash that was kept is not in the log: events after ${which}, the newest one, were removed, or put in anew`;
    case "unlogged":
      return `${printableLine(name ?? String(version))} is applied in the history, and the log ${entry === undefined ? "has no event of it" : `says that it is gone (${which})`}`;
    case "unlisted":
      return `${printableLine(name ?? String(version))} is not in the history, and the log says that it is applied (${which})`;
  }
}

function eventText({ id, event, name, version, timestamp }: LogEntry): string {
  const what = name ?? (version === undefined ? "" : String(version));
  return printableLine(`event ${id} (${event}${what === "" ? "" : ` ${what}`}, ${timeText(timestamp)})`);
}
