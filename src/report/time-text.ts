/** A moment in UTC to the second, as it stands in tables: `2025-12-20 12:00:00`. */
export function timeText(moment: Date): string {
  return isoText(moment)?.slice(0, 19).replace("T", " ") ?? "no time";
}

/** A moment as programs read it; null for what is none: a table may have been written by hand. */
export function isoText(moment: Date): string | null {
  return Number.isNaN(moment.getTime()) ? null : moment.toISOString();
}
