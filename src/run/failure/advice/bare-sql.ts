import { Token } from "../../../files/lexer.ts";
import { readTokens, type TokenRange } from "../../../files/token-walk.ts";

/** A statement as words with a blank between them, without comments and without what stands in its texts. */
export function bareSql(sql: string): string {
  return wordsOf(sql, readTokens(sql)).join(" ");
}

/** The tokens' texts; a string has no content. */
export function wordsOf(sql: string, tokens: readonly TokenRange[]): readonly string[] {
  return tokens.map(({ kind, start, end }) =>
    kind === Token.string || kind === Token.stringPart || kind === Token.dollarString ? "''" : sql.slice(start, end),
  );
}

/** What to say of an object that does not exist: another one creates it, or a DROP may pass over it. */
export function createOrSkip(sql: string): string {
  return /^\s*drop\b/i.test(bareSql(sql))
    ? "Where it may be missing, write DROP … IF EXISTS."
    : "If another migration creates it, that one must have the lower version.";
}
