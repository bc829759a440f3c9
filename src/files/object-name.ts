import { Token } from "./lexer.ts";
import type { TokenRange } from "./token-walk.ts";

/** The name of an object, as PostgreSQL stores it: unquoted, folded, cut to 63 bytes. */
export interface ObjectName {
  readonly schema?: string;
  readonly name: string;
}

/** PostgreSQL's limit for a name, in bytes. */
const LONGEST_NAME = 63;

/** The name that a word or a quoted name stands for; undefined for any other token. */
export function nameOf(sql: string, token: TokenRange | undefined): string | undefined {
  if (token === undefined) return undefined;
  const text = sql.slice(token.start, token.end);
  if (token.kind === Token.word) return cut(fold(text));
  if (token.kind !== Token.quotedName) return undefined;
  const plain = text.slice(text.indexOf('"') + 1, -1).replaceAll('""', '"');
  return cut(text.startsWith('"') ? plain : unescapeUnicode(plain));
}

/** Lower case for ASCII letters alone, as PostgreSQL folds keywords and unquoted names. */
export function fold(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function cut(name: string): string {
  if (name.length * 3 <= LONGEST_NAME) return name;
  const bytes = Buffer.from(name, "utf8");
  if (bytes.length <= LONGEST_NAME) return name;
  let end = LONGEST_NAME;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.toString("utf8", 0, end);
}

/** Resolves the escapes of `U&"…"`; another escape character than the backslash (UESCAPE) is not known here. */
function unescapeUnicode(text: string): string {
  return text.replaceAll(/\\(?:\\|\+([0-9A-Fa-f]{6})|([0-9A-Fa-f]{4}))/g, (whole, long?: string, short?: string) => {
    const digits = long ?? short;
    if (digits === undefined) return "\\";
    const code = Number.parseInt(digits, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
