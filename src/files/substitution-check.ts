import { Token } from "./lexer.ts";
import type { Piece } from "./piece.ts";
import { sqlOffset } from "./piece.ts";
import type { TokenRange } from "./token-walk.ts";
import { readTokens } from "./token-walk.ts";

/** An expression that was replaced; offsets in the view. */
export interface ReplacedExpression {
  readonly at: number;
  readonly end: number;
  readonly name: string;
}

/** A value that does not stay where it was put. */
export interface Intrusion {
  readonly at: number;
  readonly message: string;
  readonly hint: string;
}

/**
 * Finds a value that changes how the SQL around it reads. Each token of the view must be there again in the SQL, with
 * the same ends; only where an expression stands as SQL by itself may there be any number of tokens, between its ends.
 */
export function findIntrusion(
  tokens: readonly TokenRange[],
  sql: string,
  pieces: readonly Piece[],
  expressions: readonly ReplacedExpression[],
): Intrusion | undefined {
  if (expressions.length === 0) return undefined;
  const written = readTokens(sql);
  let next = 0;
  let replaced = 0;
  for (const [index, token] of tokens.entries()) {
    let last = replaced;
    while (last < expressions.length && (expressions[last] as ReplacedExpression).at < token.end) last++;
    const inside = expressions.slice(replaced, last);
    replaced = last;
    const start = sqlOffset(pieces, token.start);
    const end = sqlOffset(pieces, token.end);
    const fault = (): Intrusion =>
      intrusion(inside.at(-1) ?? (expressions[Math.max(0, last - 1)] as ReplacedExpression), token);
    if (inside.length > 0 && !isLiteral(token)) {
      // A number before it reads as one token with what the value begins with, or as two: both are meant.
      if (touchesNumber(tokens, index) && written[next - 1]?.end === end) continue;
      while ((written[next]?.start ?? Infinity) < end) next++;
      const before = written[next - 1];
      if (before !== undefined && (before.end > end || before.kind === Token.unterminated)) return fault();
      continue;
    }
    const found = written[next];
    next++;
    if (found?.start === start && sameKind(found, token)) {
      if (found.end === end) continue;
      if (touchesNumber(tokens, index + 1) && found.end > end) continue;
    }
    return fault();
  }
  return undefined;
}

function touchesNumber(tokens: readonly TokenRange[], index: number): boolean {
  const before = tokens[index - 1];
  const token = tokens[index];
  if (before === undefined || token === undefined || before.end !== token.start || token.kind !== Token.word)
    return false;
  return before.kind === Token.number || before.kind === Token.parameter;
}

function isLiteral({ kind }: TokenRange): boolean {
  return kind === Token.string || kind === Token.stringPart || kind === Token.dollarString || kind === Token.quotedName;
}

function sameKind(found: TokenRange, token: TokenRange): boolean {
  if (found.kind === token.kind) return true;
  return isLiteral(found) && isLiteral(token) && found.kind !== Token.quotedName && token.kind !== Token.quotedName;
}

function intrusion({ at, name }: ReplacedExpression, token: TokenRange): Intrusion {
  if (isLiteral(token) && at >= token.start && at < token.end) {
    return {
      at,
      message: `the value of ${name} ends the literal it stands in`,
      hint: "a quote in the value must be doubled: set the variable so",
    };
  }
  return {
    at,
    message: `the value of ${name} changes how the SQL after it reads: it opens a comment or a literal that it does not close`,
    hint: "check what the variable holds",
  };
}
