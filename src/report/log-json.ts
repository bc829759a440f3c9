import type { LogEntry } from "../history/read-log.ts";
import type { Log, LoggedEvent, LogVerification } from "../run/show-log.ts";
import type { JsonFields } from "./json-document.ts";
import { isoText } from "./time-text.ts";

/** The log as fields of a JSON document. */
export function logJson({ table, historyExists, events }: Log): JsonFields {
  return { table, historyExists, events: events.map(eventJson) };
}

function eventJson({ origin, ...entry }: LoggedEvent): JsonFields {
  return {
    ...entryJson(entry),
    origin: origin === undefined ? null : { ...origin, date: isoText(origin.date) },
  };
}

function entryJson(entry: LogEntry): JsonFields {
  const fields = Object.entries({ ...entry, timestamp: isoText(entry.timestamp), error: null });
  const error = entry.error === undefined ? null : { ...entry.error };
  return { ...Object.fromEntries(fields.map(([key, value]) => [key, value ?? null])), error };
}

/** What came of verifying it, as fields of a JSON document. */
export function verificationJson(found: LogVerification): JsonFields {
  return {
    table: found.table,
    historyExists: found.historyExists,
    verified: found.findings.length === 0,
    events: found.events,
    withoutHash: found.withoutHash,
    head: found.head ?? null,
    findings: found.findings.map(({ kind, id, lastId, version, name, entry }) => ({
      kind,
      id,
      lastId: lastId ?? null,
      version: version ?? entry?.version ?? null,
      name: name ?? entry?.name ?? null,
      entry: entry === undefined ? null : entryJson(entry),
    })),
  };
}
