/** A `$NAME` or `${NAME…}` of an ENVSUB section; offsets are UTF-16 offsets in the file. */
export interface Expression {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly form:
    | { readonly kind: "plain" }
    /** `${NAME-text}`, and with `orEmpty` `${NAME:-text}`. */
    | { readonly kind: "default"; readonly orEmpty: boolean; readonly parts: readonly ExpressionPart[] }
    /** `${NAME?text}`, and with `orEmpty` `${NAME:?text}`. */
    | { readonly kind: "required"; readonly orEmpty: boolean; readonly message: string }
    /** `${NAME:from:length}`, in bytes. */
    | { readonly kind: "substring"; readonly from: number; readonly length: number | undefined };
}

export type ExpressionPart = string | Expression;

/** An expression that cannot be read. */
export interface InvalidExpression {
  readonly kind: "invalid";
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly hint: string;
}

const NAME = /\p{L}[\p{L}\p{N}_]*/uy;
const SUBSTRING = /:\s*([+-]?\d+)\s*(?::\s*([+-]?\d+)\s*)?\}/y;
const FORMS = "${NAME}, ${NAME:-default}, ${NAME-default}, ${NAME:?message}, ${NAME?message} or ${NAME:from:length}";

/**
 * Reads the expression at a `$`; `lineEnd` is where its line ends, which it cannot cross. Undefined where the `$` stands
 * for itself: `$$`, `$tag$`, `$1`, `$(`, and before anything that is no name.
 */
export function readExpression(
  text: string,
  start: number,
  lineEnd: number,
): Expression | InvalidExpression | undefined {
  if (text[start + 1] === "{") return readBraced(text, start, lineEnd);
  const name = readName(text, start + 1);
  if (name === undefined) {
    // PostgreSQL knows $_tag$; a variable cannot begin so.
    const underscore = /_[\p{L}\p{N}_]*(?!\$)(?![\p{L}\p{N}_])/uy;
    underscore.lastIndex = start + 1;
    const written = underscore.exec(text)?.[0];
    if (written === undefined) return undefined;
    return invalid(start, start + 1 + written.length, `$${written}: the name of a variable begins with a letter`);
  }
  const end = start + 1 + name.length;
  if (text[end] === "$" && !beginsExpression(text, end)) return undefined;
  return { name, start, end, form: { kind: "plain" } };
}

/** Where the dollar quote tag at a `$` ends (`$$`, `$tag$`), or -1: it stays as it is. */
export function endOfTag(text: string, start: number): number {
  if (text[start + 1] === "$") return start + 2;
  const tag = /\$[\p{L}_][\p{L}\p{N}_]*\$/uy;
  tag.lastIndex = start;
  return tag.test(text) && !beginsExpression(text, tag.lastIndex - 1) ? tag.lastIndex : -1;
}

/** Whether `$NAME$` is no tag because its last `$` begins an expression, as in `$HOST${PORT}`; `$json${"a": 1}$json$` has one. */
function beginsExpression(text: string, dollar: number): boolean {
  if (text[dollar + 1] !== "{") return false;
  const lineEnd = text.indexOf("\n", dollar);
  return !("kind" in readBraced(text, dollar, lineEnd < 0 ? text.length : lineEnd));
}

function readBraced(text: string, start: number, lineEnd: number): Expression | InvalidExpression {
  const name = readName(text, start + 2);
  if (name === undefined) {
    return invalid(start, start + 2, "after ${ the name of a variable was expected, which begins with a letter");
  }
  const at = start + 2 + name.length;
  const next = text.slice(at, at + 2);
  const done = (end: number, form: Expression["form"]): Expression => ({ name, start, end, form });
  if (next.startsWith("}")) return done(at + 1, { kind: "plain" });
  if (next === ":-" || next.startsWith("-")) {
    const orEmpty = next === ":-";
    const rest = readParts(text, at + (orEmpty ? 2 : 1), lineEnd);
    if (rest === undefined) return unclosed(start, at, name);
    if ("kind" in rest) return rest;
    return done(rest.end + 1, { kind: "default", orEmpty, parts: rest.parts });
  }
  if (next === ":?" || next.startsWith("?")) {
    const orEmpty = next === ":?";
    const from = at + (orEmpty ? 2 : 1);
    const rest = readParts(text, from, lineEnd);
    if (rest === undefined) return unclosed(start, at, name);
    if ("kind" in rest) return rest;
    return done(rest.end + 1, { kind: "required", orEmpty, message: text.slice(from, rest.end) });
  }
  SUBSTRING.lastIndex = at;
  const substring = SUBSTRING.exec(text);
  if (substring !== null && SUBSTRING.lastIndex <= lineEnd) {
    const length = substring[2] === undefined ? undefined : Number(substring[2]);
    return done(SUBSTRING.lastIndex, { kind: "substring", from: Number(substring[1]), length });
  }
  const close = text.indexOf("}", at);
  if (close < 0 || close >= lineEnd) return unclosed(start, at, name);
  return invalid(start, at, `\${${name} is followed by something that has no meaning there`, `expected ${FORMS}`);
}

/** Text and expressions up to the `}` that ends them; undefined where there is none on the line. */
function readParts(
  text: string,
  from: number,
  lineEnd: number,
): { readonly parts: readonly ExpressionPart[]; readonly end: number } | InvalidExpression | undefined {
  const parts: ExpressionPart[] = [];
  let plain = "";
  let i = from;
  while (i < lineEnd) {
    const char = text[i] as string;
    if (char === "}") return { parts: [...parts, plain], end: i };
    if (char === "\\" && (text[i + 1] === "$" || text[i + 1] === "\\")) {
      plain += text[i + 1] === "$" ? "$" : "\\\\";
      i += 2;
      continue;
    }
    const tagEnd = char === "$" ? endOfTag(text, i) : -1;
    const expression = char === "$" && tagEnd < 0 ? readExpression(text, i, lineEnd) : undefined;
    if (expression === undefined) {
      const end = tagEnd < 0 ? i + 1 : tagEnd;
      plain += text.slice(i, end);
      i = end;
    } else if ("kind" in expression) {
      return expression;
    } else {
      parts.push(plain, expression);
      plain = "";
      i = expression.end;
    }
  }
  return undefined;
}

function readName(text: string, start: number): string | undefined {
  NAME.lastIndex = start;
  return NAME.exec(text)?.[0];
}

function unclosed(start: number, end: number, name: string): InvalidExpression {
  return invalid(start, end, `\${${name} is not closed`, "the } must stand on the same line");
}

function invalid(
  start: number,
  end: number,
  message: string,
  hint = "to keep the dollar sign as it is, write \\$",
): InvalidExpression {
  return { kind: "invalid", start, end, message, hint };
}
