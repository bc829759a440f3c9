const FIRST_YEAR = 1970;

/** Whether a version is a point in time written `YYYYMMDDhhmmss`, after the year 1970. */
export function isTimestampVersion(version: bigint): boolean {
  return timeOf(version) !== undefined;
}

/** The version for a point in time: `YYYYMMDDhhmmss` in UTC. */
export function timestampVersion(time: Date): bigint {
  return BigInt(time.toISOString().slice(0, 19).replaceAll(/\D/g, ""));
}

/** The timestamp version one second after another one; one more where it is none. */
export function nextTimestampVersion(version: bigint): bigint {
  const time = timeOf(version);
  return time === undefined ? version + 1n : timestampVersion(new Date(time + 1000));
}

/** Milliseconds since 1970, or undefined where the digits are no date and time. */
function timeOf(version: bigint): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(String(version));
  if (parts === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number);
  const time = Date.UTC(year, month - 1, day, hour, minute, second);
  // Date rolls the 31st of February over into March.
  return year > FIRST_YEAR && timestampVersion(new Date(time)) === version ? time : undefined;
}
