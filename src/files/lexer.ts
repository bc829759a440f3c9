import { characterClass, DIGIT, WORD_PART, WORD_START, OPERATOR } from "./character-class.ts";
import { endOfBlockComment, endOfLineComment, endOfNumber, endOfOperator, endOfQuoted } from "./token-end.ts";

/** The kinds of tokens; numbers, so that telling them apart costs nothing. */
export const Token = {
  /** The end of what is to be read. */
  end: 0,
  /** A keyword or an unquoted name. */
  word: 1,
  /** `"name"` or `U&"name"`. */
  quotedName: 2,
  /** A string in quotes, with its prefix. */
  string: 3,
  /** A string that continues the one before it, on a later line. */
  stringPart: 4,
  dollarString: 5,
  number: 6,
  /** `$1` */
  parameter: 7,
  operator: 8,
  semicolon: 9,
  open: 10,
  close: 11,
  /** Commas, dots, brackets, colons, and what PostgreSQL does not know. */
  symbol: 12,
  /** PostgreSQL has no use for it outside strings: it begins a command of psql. */
  backslash: 13,
  /** A `--` comment at or after the lexer's boundary; it is not consumed. */
  boundary: 14,
  /** A string, name or comment that does not end; `start` is where it began. */
  unterminated: 15,
} as const;

export type TokenKind = (typeof Token)[keyof typeof Token];

/** What can continue a string on the next line, by the string's kind. */
const NO_STRING = 0;
const PLAIN_STRING = 1;
const ESCAPE_STRING = 2;
const BIT_STRING = 3;

/** A reader of SQL text, token by token; `kind`, `start` and `end` are the token that `nextToken` read last. */
export interface Lexer {
  readonly text: string;
  /** Where reading goes on. */
  position: number;
  /** Where the text to be read ends. */
  limit: number;
  /** A `--` comment at or after this offset is not skipped but reported. */
  boundary: number;
  kind: TokenKind;
  start: number;
  end: number;
  /** Where a comment with a hint for an extension (one that begins with `/*+`) stands before this token, or -1. */
  hint: number;
  /** The kind of the string that the next token may continue, and whether a line has ended since. */
  openString: number;
  lineEnded: boolean;
}

/** Creates a lexer for PostgreSQL's lexical structure with `standard_conforming_strings` on; offsets are UTF-16. */
export function createLexer(text: string, from = 0, limit = text.length): Lexer {
  return {
    text,
    position: from,
    limit,
    boundary: Number.MAX_SAFE_INTEGER,
    kind: Token.end,
    start: from,
    end: from,
    hint: -1,
    openString: NO_STRING,
    lineEnded: false,
  };
}

/** Reads the next token; comments and white space before it are skipped. */
export function nextToken(lexer: Lexer): TokenKind {
  const { text, limit } = lexer;
  let i = lexer.position;
  let code = 0;
  lexer.hint = -1;
  for (;;) {
    if (i >= limit) return found(lexer, Token.end, limit, limit);
    code = text.charCodeAt(i);
    if (code === 32) {
      i++;
    } else if (code >= 9 && code <= 13) {
      if (code === 10 || code === 13) lexer.lineEnded = true;
      i++;
    } else if (code === 45 && text.charCodeAt(i + 1) === 45) {
      if (i >= lexer.boundary) return found(lexer, Token.boundary, i, i);
      lexer.openString = NO_STRING;
      i = endOfLineComment(text, i + 2, limit);
    } else if (code === 47 && text.charCodeAt(i + 1) === 42) {
      const end = endOfBlockComment(text, i + 2, limit);
      if (end < 0) return found(lexer, Token.unterminated, i, limit);
      if (lexer.hint < 0 && text.charCodeAt(i + 2) === 43) lexer.hint = i;
      lexer.openString = NO_STRING;
      i = end;
    } else {
      break;
    }
  }
  const bits = characterClass(code);
  if ((bits & WORD_START) !== 0) return word(lexer, i, code);
  const openString = lexer.lineEnded ? lexer.openString : NO_STRING;
  lexer.openString = NO_STRING;
  lexer.lineEnded = false;
  if (code === 39) {
    if (openString === NO_STRING) return string(lexer, Token.string, i, i + 1, PLAIN_STRING);
    return string(lexer, Token.stringPart, i, i + 1, openString);
  }
  if ((bits & DIGIT) !== 0) return found(lexer, Token.number, i, endOfNumber(text, i, limit));
  if ((bits & OPERATOR) !== 0) return found(lexer, Token.operator, i, endOfOperator(text, i, limit));
  return punctuation(lexer, i, code);
}

function found(lexer: Lexer, kind: TokenKind, start: number, end: number): TokenKind {
  lexer.kind = kind;
  lexer.start = start;
  lexer.end = end;
  lexer.position = end;
  return kind;
}

function word(lexer: Lexer, start: number, first: number): TokenKind {
  const { text, limit } = lexer;
  // Other tools' blanks (a no-break space, say) are letters to PostgreSQL, but may stand before an annotation.
  if (first >= 128 && start >= lexer.boundary) return found(lexer, Token.boundary, start, start);
  lexer.openString = NO_STRING;
  lexer.lineEnded = false;
  let end = start + 1;
  while (end < limit && (characterClass(text.charCodeAt(end)) & WORD_PART) !== 0) end++;
  if (end === start + 1 && end < limit) {
    const letter = first | 32;
    const next = text.charCodeAt(end);
    if (next === 39) {
      if (letter === 101) return string(lexer, Token.string, start, end + 1, ESCAPE_STRING);
      if (letter === 98 || letter === 120) return string(lexer, Token.string, start, end + 1, BIT_STRING);
    } else if (next === 38 && letter === 117 && end + 1 < limit) {
      const quote = text.charCodeAt(end + 1);
      if (quote === 39) return string(lexer, Token.string, start, end + 2, PLAIN_STRING);
      if (quote === 34) return quotedName(lexer, start, end + 2);
    }
  }
  return found(lexer, Token.word, start, end);
}

function string(lexer: Lexer, kind: TokenKind, start: number, body: number, flavour: number): TokenKind {
  const { text, limit } = lexer;
  const end =
    flavour === PLAIN_STRING
      ? endOfQuoted(text, body, limit, "'")
      : flavour === ESCAPE_STRING
        ? endOfEscapeString(text, body, limit)
        : endOfBitString(text, body, limit);
  if (end < 0) return found(lexer, Token.unterminated, start, limit);
  lexer.openString = flavour;
  return found(lexer, kind, start, end);
}

function endOfEscapeString(text: string, from: number, limit: number): number {
  for (let i = from; i < limit; i++) {
    const code = text.charCodeAt(i);
    if (code === 92) i++;
    else if (code === 39) {
      if (i + 1 >= limit || text.charCodeAt(i + 1) !== 39) return i + 1;
      i++;
    }
  }
  return -1;
}

function endOfBitString(text: string, from: number, limit: number): number {
  const quote = text.indexOf("'", from);
  return quote < 0 || quote >= limit ? -1 : quote + 1;
}

function quotedName(lexer: Lexer, start: number, body: number): TokenKind {
  const end = endOfQuoted(lexer.text, body, lexer.limit, '"');
  return end < 0 ? found(lexer, Token.unterminated, start, lexer.limit) : found(lexer, Token.quotedName, start, end);
}

function punctuation(lexer: Lexer, start: number, code: number): TokenKind {
  const { text, limit } = lexer;
  const next = start + 1 < limit ? text.charCodeAt(start + 1) : 0;
  switch (code) {
    case 59:
      return found(lexer, Token.semicolon, start, start + 1);
    case 40:
      return found(lexer, Token.open, start, start + 1);
    case 41:
      return found(lexer, Token.close, start, start + 1);
    case 34:
      return quotedName(lexer, start, start + 1);
    case 36:
      return dollar(lexer, start, next);
    case 92:
      return found(lexer, Token.backslash, start, start + 1);
    case 46:
      if ((characterClass(next) & DIGIT) !== 0)
        return found(lexer, Token.number, start, endOfNumber(text, start, limit));
      return found(lexer, Token.symbol, start, next === 46 ? start + 2 : start + 1);
    case 58:
      return found(lexer, Token.symbol, start, next === 58 || next === 61 ? start + 2 : start + 1);
    default:
      return found(lexer, Token.symbol, start, start + 1);
  }
}

function dollar(lexer: Lexer, start: number, next: number): TokenKind {
  const { text, limit } = lexer;
  let end = start + 1;
  if ((characterClass(next) & DIGIT) !== 0) {
    while (end < limit && (characterClass(text.charCodeAt(end)) & DIGIT) !== 0) end++;
    return found(lexer, Token.parameter, start, end);
  }
  while (end < limit && text.charCodeAt(end) !== 36 && (characterClass(text.charCodeAt(end)) & WORD_PART) !== 0) end++;
  if (end >= limit || text.charCodeAt(end) !== 36) return found(lexer, Token.symbol, start, start + 1);
  const tag = text.slice(start, end + 1);
  const close = text.indexOf(tag, end + 1);
  if (close < 0 || close + tag.length > limit) return found(lexer, Token.unterminated, start, limit);
  return found(lexer, Token.dollarString, start, close + tag.length);
}

/** Whether the token that was read last is this word; `lower` in lower case. */
export function wordIs(lexer: Lexer, lower: string): boolean {
  const { text, start } = lexer;
  if (lexer.kind !== Token.word || lexer.end - start !== lower.length) return false;
  for (let i = 0; i < lower.length; i++) {
    const code = text.charCodeAt(start + i);
    const wanted = lower.charCodeAt(i);
    if (code !== wanted && (code | 32) !== wanted) return false;
  }
  return true;
}
