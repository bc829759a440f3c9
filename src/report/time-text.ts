/** A moment in UTC to the second, as it stands in tables: `2025-12-20 12:00:00`. */
export function timeText(moment: Date): string {
  return moment.toISOString().slice(0, 19).replace("T", " ");
}
