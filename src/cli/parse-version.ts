import { UsageError } from "../errors.ts";

const largest = 2n ** 63n - 1n;

/** A version as a person writes it: the number, or the file's name that begins with it. */
export function parseVersion(text: string | undefined, lowest: 0n | 1n): bigint {
  const digits = /^0*(\d{1,19})(?:_.*)?$/su.exec(text ?? "")?.[1];
  const version = digits === undefined ? -1n : BigInt(digits);
  if (version >= lowest && version <= largest) return version;
  throw new UsageError(`The version must be a whole number from ${lowest} on, not ${JSON.stringify(text ?? "")}`, {
    hint: "It is the number that a migration's file name begins with; gander status lists them.",
  });
}
