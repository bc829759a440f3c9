import type { Log, LoggedEvent } from "../run/show-log.ts";
import { counted } from "./counted.ts";
import { durationText } from "./duration-text.ts";
import { paragraph } from "./paragraph.ts";
import { printableLine } from "./printable.ts";
import type { StyleName } from "./style.ts";
import { timeText } from "./time-text.ts";
import type { View } from "./view.ts";

const eventStyles: Readonly<Record<string, StyleName>> = {
  applied: "good",
  adopted: "good",
  baselined: "good",
  "rolled back": "warning",
  repaired: "warning",
  accepted: "warning",
  failed: "bad",
};
const EVENT_WIDTH = Math.max(...Object.keys(eventStyles).map((event) => event.length));

/** The events in the order given: what was done when, by whom, from where, how long it took, what came of it, and why. */
export function renderLog({ events, historyExists, table }: Log, view: View): string {
  if (events.length > 0) return events.flatMap((event) => renderEvent(event, view)).join("\n");
  return historyExists ? `No event of ${printableLine(table)} is like that.` : "There is no history yet.";
}

function renderEvent(event: LoggedEvent, { style, width }: View): readonly string[] {
  const name = printableLine(event.name ?? (event.version === undefined ? "" : String(event.version)));
  const kind = style(eventStyles[event.event] ?? "accent", printableLine(event.event).padEnd(EVENT_WIDTH));
  const title = `${timeText(event.timestamp)}  ${kind}  ${style("strong", name)} ${style("faint", effort(event))}`;
  const detail = (name: StyleName | undefined, text: string): string[] =>
    paragraph(printableLine(text), width, "    ").map((line) => (name === undefined ? line : style(name, line)));
  return [
    title.trimEnd(),
    ...(event.error === undefined ? [] : detail("bad", errorText(event.error))),
    ...(event.note === undefined ? [] : detail(undefined, event.note)),
    ...(event.origin === undefined ? [] : detail(undefined, originText(event.origin))),
    ...detail("faint", whoText(event)),
  ];
}

function effort({ direction, durationMs, statements }: LoggedEvent): string {
  const parts = [
    direction === "down" ? "down" : "",
    durationMs === undefined ? "" : durationText(durationMs),
    statements === undefined ? "" : counted(statements, "statement"),
  ];
  return parts.filter(Boolean).join(", ");
}

function errorText({ message, sqlState, line }: NonNullable<LoggedEvent["error"]>): string {
  const where = line === undefined ? "" : ` (line ${line})`;
  return `${sqlState === undefined ? "" : `${sqlState}: `}${message}${where}`;
}

function originText({ author, date, subject, commit }: NonNullable<LoggedEvent["origin"]>): string {
  return `${commit.slice(0, 9)} ${timeText(date).slice(0, 10)} ${author}: ${subject}`;
}

function whoText({ databaseUser, host, processId, applicationName, ganderVersion, deployment }: LoggedEvent): string {
  const where = host === undefined ? "" : ` from ${host}${processId === undefined ? "" : ` (process ${processId})`}`;
  // A step names itself as the application for the time it runs; that says nothing new here.
  const name = applicationName === undefined || /^(gander\b|$)/.test(applicationName) ? "" : `, ${applicationName}`;
  const what = deployment === undefined ? "" : `, ${deployment}`;
  return `by ${databaseUser}${where}${name}, gander ${ganderVersion}${what}`;
}
