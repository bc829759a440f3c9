import { HIGHEST_VERSION } from "../../files/file-name.ts";

/** The version that a migration of another tool gets, and how its file's name begins. */
export interface AssignedVersion {
  readonly version: bigint;
  readonly digits: string;
}

/**
 * Gives each migration of another tool a version: the digits that its name begins with, or, where they are none or do not
 * come after the one before, the next number. The order stays that of the tool, so that a new database gets them in it.
 */
export function assignVersions(
  keys: readonly string[],
  numbers?: ReadonlyMap<string, bigint>,
): ReadonlyMap<string, AssignedVersion> {
  const assigned = new Map<string, AssignedVersion>();
  let previous = 0n;
  for (const key of keys) {
    const digits = numbers === undefined ? leadingDigits(key) : "";
    const own = numbers?.get(key) ?? (digits === "" ? undefined : BigInt(digits));
    const version = own !== undefined && own > previous && own <= HIGHEST_VERSION ? own : previous + 1n;
    assigned.set(key, { version, digits: String(version).padStart(digits.length, "0") });
    previous = version;
  }
  return assigned;
}

/** Orders names by the number they begin with and then as texts, those without a number last. */
export function compareKeys(left: string, right: string): number {
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a !== undefined && b !== undefined && a !== b) return a < b ? -1 : 1;
  if ((a === undefined) !== (b === undefined)) return a === undefined ? 1 : -1;
  return left < right ? -1 : left > right ? 1 : 0;
}

function numberOf(key: string): bigint | undefined {
  const digits = leadingDigits(key);
  return digits === "" ? undefined : BigInt(digits);
}

/** `20240131` of `2024-01-31_add_users` and of `20240131_add_users`. */
function leadingDigits(key: string): string {
  const [date] = /^\d{4}([-_.])\d{2}\1\d{2}(?!\d)(?:[T_.-]?\d{2}([-_.:])\d{2}\2\d{2}(?!\d))?/.exec(key) ?? [];
  return date?.replaceAll(/\D/g, "") ?? /^\d+/.exec(key)?.[0] ?? "";
}

/** Orders names as texts, by their UTF-16 units: as most tools sort file names. */
export function compareNames(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
