/** A version of Flyway's in one spelling: `1_01.0` is `1.1`. */
export function plainFlywayVersion(text: string): string {
  const parts = text.split(/[._]/).map((part) => part.replace(/^0+(?=\d)/, ""));
  while (parts.length > 1 && parts.at(-1) === "0") parts.pop();
  return parts.join(".");
}

/** Orders plain versions part by part. */
export function compareFlywayVersions(left: string, right: string): number {
  const [a, b] = [left.split(".").map(BigInt), right.split(".").map(BigInt)];
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const [x, y] = [a[at] ?? 0n, b[at] ?? 0n];
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

/** Nothing longer fits into a bigint for certain. */
const MOST_DIGITS = 18;

/**
 * One number a version, in their order: whole versions are what they are; of versions with dots each part gets the width of
 * the longest (`1.2` and `1.10` are 102 and 110, `2024.1.31` is 20240131); where that is too long they are numbered from 1.
 */
export function flywayNumbers(keys: readonly string[]): ReadonlyMap<string, bigint> {
  const parts = keys.map((key) => key.split("."));
  const most = Math.max(1, ...parts.map(({ length }) => length));
  const longest = Array.from({ length: most }, (_, at) => Math.max(...parts.map((one) => (one[at] ?? "0").length)));
  // After a year come months and days.
  const widths = longest.map((width, at) => (at > 0 && longest[0] === 4 ? Math.max(2, width) : width));
  const isLong = widths.reduce((sum, width) => sum + width, 0) > MOST_DIGITS;
  return new Map(
    keys.map((key, index) => {
      const padded = widths.map((width, at) => (parts[index]?.[at] ?? "0").padStart(width, "0")).join("");
      return [key, isLong ? BigInt(index + 1) : BigInt(padded)];
    }),
  );
}
