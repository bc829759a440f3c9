const unitMilliseconds: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  sec: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const part = /(\d+(?:\.\d+)?)\s*(ns|us|µs|μs|ms|sec|s|min|m|h|d)\s*/gy;

// The longest delay that a timer of Node takes; a longer one would fire at once.
const longest = 2_147_483_647;

/**
 * Milliseconds of a duration: `500ms`, `2s`, `10m`, `1h30m` and whatever Go writes; a bare number is in seconds.
 * Undefined if it is no duration.
 */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim();
  if (/^\d+(\.\d+)?$/u.test(trimmed)) return rounded(Number(trimmed) * 1000);
  let milliseconds = 0;
  let end = 0;
  part.lastIndex = 0;
  for (let match = part.exec(trimmed); match !== null; match = part.exec(trimmed)) {
    milliseconds += Number(match[1]) * (unitMilliseconds[match[2] ?? ""] ?? Number.NaN);
    end = part.lastIndex;
  }
  return end === trimmed.length && end > 0 ? rounded(milliseconds) : undefined;
}

function rounded(milliseconds: number): number | undefined {
  if (milliseconds > longest) return undefined;
  // A tiny limit must not turn into 0, which means no limit.
  return milliseconds === 0 ? 0 : Math.max(1, Math.round(milliseconds));
}
