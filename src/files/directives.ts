import type { Directives } from "./migration.ts";
import { suggest } from "./suggest.ts";

/** One directive, parsed. */
export type DirectiveValue =
  | { readonly name: "irreversible"; readonly value: string }
  | { readonly name: "lock_timeout"; readonly value: number };

type Parsed =
  | { readonly kind: "directive"; readonly directive: DirectiveValue }
  | { readonly kind: "invalid"; readonly message: string; readonly hint: string };

const NAMES = ["irreversible", "lock_timeout"] as const;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000 };
/** The largest value that PostgreSQL takes for lock_timeout. */
const LONGEST = 2_147_483_647;

/** Parses what follows `-- +gander` on its line. */
export function parseDirective(text: string): Parsed {
  const parts = /^([A-Za-z][\w-]*)\s*[:=]?\s*(.*)$/s.exec(text);
  const written = parts?.[1] ?? text.split(/\s/)[0] ?? "";
  const name = written.toLowerCase().replaceAll("-", "_");
  const value = parts?.[2] ?? "";
  if (name === "irreversible") {
    if (value !== "") return { kind: "directive", directive: { name, value } };
    return invalid(
      "-- +gander irreversible does not say why",
      "write the reason: -- +gander irreversible: the keys were moved elsewhere",
    );
  }
  if (name === "lock_timeout") return parseLockTimeout(value);
  const close = suggest(name, NAMES);
  return invalid(
    written === "" ? "-- +gander says nothing" : `-- +gander ${written} is not a directive`,
    close === undefined ? `expected one of ${NAMES.join(", ")}` : `did you mean -- +gander ${close}?`,
  );
}

function parseLockTimeout(text: string): Parsed {
  const parts = /^'?(\d+)\s*([A-Za-z]*)'?;?$/.exec(text);
  const unit = parts?.[2]?.toLowerCase() ?? "";
  const factor = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  if (parts !== null && (factor !== undefined || (unit === "" && Number(parts[1]) === 0))) {
    const value = Number(parts[1]) * (factor ?? 0);
    if (value <= LONGEST) return { kind: "directive", directive: { name: "lock_timeout", value } };
    return invalid("the lock_timeout is longer than PostgreSQL allows", `at most ${LONGEST}ms; 0 is no limit`);
  }
  return invalid(
    text === ""
      ? "-- +gander lock_timeout has no value"
      : "the lock_timeout is not a number with the unit ms, s or min",
    "for example: -- +gander lock_timeout 500ms",
  );
}

/** The directives of a file with one more; false where the file has that one already. */
export function addDirective(directives: Directives, { name, value }: DirectiveValue): Directives | false {
  if (name === "irreversible") return directives.irreversible === undefined && { ...directives, irreversible: value };
  return directives.lockTimeout === undefined && { ...directives, lockTimeout: value };
}

function invalid(message: string, hint: string): Parsed {
  return { kind: "invalid", message, hint };
}
