/** What a file's name says: its version and what is after it. */
export interface FileName {
  readonly version: bigint;
  /** What follows the first `_`, without the extension. */
  readonly title: string;
}

/** A name that no migration file can have. */
export interface BadFileName {
  readonly kind: "bad-name";
  readonly message: string;
  readonly hint: string;
}

/** The largest version: a bigint column holds it. */
export const HIGHEST_VERSION = 9_223_372_036_854_775_807n;

const HINT = "name it VERSION_NAME.sql, for example 20250131093000_add_users.sql, or move it out of the folder";

/** Reads version and title from the name of a `.sql` file: the version is the whole number before the first `_`. */
export function parseFileName(name: string): FileName | BadFileName {
  const stem = name.endsWith(".sql") ? name.slice(0, -4) : name;
  const separator = stem.indexOf("_");
  if (separator < 0) return bad("its name has no _ after the version");
  const digits = stem.slice(0, separator);
  if (digits === "") return bad("its name has no version before the first _");
  if (!/^[+-]?[0-9]+$/.test(digits)) return bad(`its name begins with ${shorten(digits)}, which is not a whole number`);
  const version = BigInt(digits.startsWith("+") ? digits.slice(1) : digits);
  if (version < 1n) return bad(`its version is ${version}; versions begin at 1`);
  if (version > HIGHEST_VERSION)
    return bad(`its version is larger than ${HIGHEST_VERSION}, the largest that a bigint holds`);
  return { version, title: stem.slice(separator + 1) };
}

function shorten(text: string): string {
  return JSON.stringify(text.length > 30 ? `${text.slice(0, 30)}…` : text);
}

function bad(message: string): BadFileName {
  return { kind: "bad-name", message, hint: HINT };
}
