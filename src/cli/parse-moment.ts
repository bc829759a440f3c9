import { UsageError } from "../errors.ts";
import { parseDuration } from "./parse-duration.ts";

const DAY = /^\d{4}-\d\d-\d\d$/;
const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(?:\s*(Z|[+-]\d\d:?\d\d))?$/i;
const LONG = /^(\d+)\s*(d|days?|w|weeks?|months?|y|years?)$/i;
const DAYS: Readonly<Record<string, number>> = { d: 1, w: 7, m: 30, y: 365 };
const DAY_MS = 86_400_000;

/** A moment as a person writes it: a day or a time (in UTC, unless it says otherwise), or how long ago: `90m`, `7d`, `3 months`. */
export function parseMoment(text: string, option: string, now: Date): Date {
  const moment = readMoment(text.trim(), now);
  if (moment !== undefined && !Number.isNaN(moment.getTime())) return moment;
  throw new UsageError(`${option} takes a time, not ${JSON.stringify(text)}`, {
    hint: `Such as 2025-04-08, "2025-04-08 14:16", 2025-04-08T14:16:48+02:00, or how long ago: 90m, 7d, "3 months".`,
  });
}

function readMoment(text: string, now: Date): Date | undefined {
  if (DAY.test(text)) return new Date(`${text}T00:00:00Z`);
  const time = TIME.exec(text);
  if (time !== null) return new Date(`${time[1]}T${time[2]}${time[3] ?? "Z"}`);
  const ago = text.replace(/\s+ago$/i, "");
  const long = LONG.exec(ago);
  if (long !== null) {
    const days = DAYS[(long[2] ?? "").charAt(0).toLowerCase()] ?? Number.NaN;
    return new Date(now.getTime() - Number(long[1]) * days * DAY_MS);
  }
  const short = /^\d+$/.test(ago) ? undefined : parseDuration(ago);
  return short === undefined ? undefined : new Date(now.getTime() - short);
}
