/** A number with its noun: `1 migration`, `45 migrations`, `no migrations`. */
export function counted(count: number, singular: string, plural = `${singular}s`): string {
  if (count === 0) return `no ${plural}`;
  return `${count.toLocaleString("en-US")} ${count === 1 ? singular : plural}`;
}
