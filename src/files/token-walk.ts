import type { TokenKind } from "./lexer.ts";
import { createLexer, nextToken, Token } from "./lexer.ts";

/** A token and where it stands, as UTF-16 offsets. */
export interface TokenRange {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
}

/** All tokens of a text; an unterminated one is the last. For where speed does not matter. */
export function readTokens(text: string, from = 0, limit = text.length): readonly TokenRange[] {
  const tokens: TokenRange[] = [];
  const lexer = createLexer(text, from, limit);
  for (let kind = nextToken(lexer); kind !== Token.end; kind = nextToken(lexer)) {
    tokens.push({ kind, start: lexer.start, end: lexer.end });
  }
  return tokens;
}
