import { Token } from "./lexer.ts";
import type { ObjectName } from "./object-name.ts";
import { fold, nameOf } from "./object-name.ts";
import type { TokenRange } from "./token-walk.ts";
import { readTokens } from "./token-walk.ts";

/** Reads a statement from left to right by its tokens. */
export interface TokenCursor {
  readonly sql: string;
  readonly tokens: readonly TokenRange[];
  /** The token that comes next. */
  at: number;
}

/** Creates a cursor at the first token of a statement. */
export function createCursor(sql: string): TokenCursor {
  return { sql, tokens: readTokens(sql), at: 0 };
}

/** The unquoted word at a distance from the next token, in lower case; empty where there is none. */
export function peekWord(cursor: TokenCursor, ahead = 0): string {
  const token = cursor.tokens[cursor.at + ahead];
  return token?.kind === Token.word ? fold(textOf(cursor, token)) : "";
}

/** The text of the next token; empty at the end. */
export function peekText(cursor: TokenCursor, ahead = 0): string {
  const token = cursor.tokens[cursor.at + ahead];
  return token === undefined ? "" : textOf(cursor, token);
}

/** Goes past these words, if exactly they come next. */
export function takeWords(cursor: TokenCursor, ...words: readonly string[]): boolean {
  for (const [ahead, word] of words.entries()) if (peekWord(cursor, ahead) !== word) return false;
  cursor.at += words.length;
  return true;
}

/** Goes past a name of one to three parts; a database's name is left out. */
export function takeName(cursor: TokenCursor): ObjectName | undefined {
  const parts: string[] = [];
  for (;;) {
    const part = nameOf(cursor.sql, cursor.tokens[cursor.at]);
    if (part === undefined) break;
    parts.push(part);
    cursor.at++;
    if (peekText(cursor) !== ".") break;
    cursor.at++;
  }
  const name = parts.at(-1);
  const schema = parts.at(-2);
  if (name === undefined) return undefined;
  return schema === undefined ? { name } : { schema, name };
}

/** Goes past names that commas separate, each with ONLY before and `*` after it where a table may have them. */
export function takeNames(cursor: TokenCursor): readonly ObjectName[] {
  const names: ObjectName[] = [];
  for (;;) {
    takeWords(cursor, "only");
    const name = takeName(cursor);
    if (name === undefined) return names;
    names.push(name);
    if (peekText(cursor) === "*") cursor.at++;
    if (peekText(cursor) !== ",") return names;
    cursor.at++;
  }
}

/** Whether an unquoted word stands anywhere from the next token on. */
export function hasWord(cursor: TokenCursor, word: string): boolean {
  for (let ahead = 0; cursor.at + ahead < cursor.tokens.length; ahead++)
    if (peekWord(cursor, ahead) === word) return true;
  return false;
}

/** The SQL from the next token to the end, without the semicolon. */
export function restOf(cursor: TokenCursor): string {
  const first = cursor.tokens[cursor.at];
  const last = cursor.tokens.findLast(({ kind }) => kind !== Token.semicolon);
  return first === undefined || last === undefined
    ? ""
    : cursor.sql.slice(first.start, Math.max(first.start, last.end));
}

/** Goes past what parentheses hold, if one opens next; the words in them come back in lower case. */
export function takeParentheses(cursor: TokenCursor): readonly string[] {
  const words: string[] = [];
  if (cursor.tokens[cursor.at]?.kind !== Token.open) return words;
  let depth = 0;
  for (let token = cursor.tokens[cursor.at]; token !== undefined; token = cursor.tokens[cursor.at]) {
    if (token.kind === Token.open) depth++;
    else if (token.kind === Token.close) depth--;
    else words.push(fold(textOf(cursor, token)));
    cursor.at++;
    if (depth === 0) break;
  }
  return words;
}

function textOf(cursor: TokenCursor, token: TokenRange): string {
  return cursor.sql.slice(token.start, token.end);
}
