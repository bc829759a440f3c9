import type { Lexer } from "./lexer.ts";
import { nextToken, Token, wordIs } from "./lexer.ts";

/** What the first words of a statement make of it, as far as its end depends on it. */
export const Head = {
  none: 0,
  create: 1,
  createOr: 2,
  createOrReplace: 3,
  /** CREATE FUNCTION or PROCEDURE: a body BEGIN ATOMIC … END may follow, with semicolons in it. */
  routine: 4,
  other: 5,
  copy: 6,
  copyFrom: 7,
  copyFromStdin: 8,
} as const;

/** How far a statement has been read; reading can stop in the middle of it and go on. */
export interface StatementScan {
  /** Where its first token (or a hint before it) begins; -1 before that. */
  start: number;
  /** Where its last token ends. */
  end: number;
  head: number;
  /** Parentheses that are open, and where the outermost one stands. */
  depth: number;
  openedAt: number;
  /** 0 outside a body BEGIN ATOMIC … END, else 1 plus the CASEs that are open in it. */
  atomicDepth: number;
  atomicAt: number;
  /** The word before was BEGIN; the token before makes a following keyword a plain name. */
  afterBegin: boolean;
  afterName: boolean;
}

/** Is told each token that belongs to a statement or ends one. */
export type TokenSink = (lexer: Lexer) => void;

/** Why reading stopped: at a semicolon that ends a statement, or at a token that no statement has. */
export type ScanStop =
  | typeof Token.semicolon
  | typeof Token.end
  | typeof Token.boundary
  | typeof Token.backslash
  | typeof Token.unterminated;

/** Creates the state for a statement that has not begun. */
export function createScan(): StatementScan {
  return {
    start: -1,
    end: -1,
    head: Head.none,
    depth: 0,
    openedAt: -1,
    atomicDepth: 0,
    atomicAt: -1,
    afterBegin: false,
    afterName: false,
  };
}

/** Makes the state that of a statement that has not begun. */
export function resetScan(scan: StatementScan): void {
  scan.start = -1;
  scan.end = -1;
  scan.head = Head.none;
  scan.depth = 0;
  scan.atomicDepth = 0;
  scan.afterBegin = false;
  scan.afterName = false;
}

/** Reads on to the end of the statement, by PostgreSQL's rules; called again, it goes on in the same statement. */
export function scanStatement(lexer: Lexer, scan: StatementScan, sink?: TokenSink): ScanStop {
  for (;;) {
    const kind = nextToken(lexer);
    switch (kind) {
      case Token.end:
      case Token.boundary:
      case Token.backslash:
      case Token.unterminated:
        return kind;
      case Token.semicolon:
        sink?.(lexer);
        if (scan.depth === 0 && scan.atomicDepth === 0) {
          if (scan.start >= 0) scan.end = lexer.end;
          return kind;
        }
        break;
      case Token.open:
        sink?.(lexer);
        if (scan.depth++ === 0) scan.openedAt = lexer.start;
        break;
      case Token.close:
        sink?.(lexer);
        if (scan.depth > 0) scan.depth--;
        break;
      default:
        sink?.(lexer);
        if (scan.head !== Head.other) followHead(lexer, scan);
    }
    if (scan.start < 0) {
      scan.start = lexer.hint >= 0 ? lexer.hint : lexer.start;
      if (scan.head === Head.none) scan.head = Head.other;
    }
    scan.end = lexer.end;
  }
}

function followHead(lexer: Lexer, scan: StatementScan): void {
  switch (scan.head) {
    case Head.none:
      scan.head = wordIs(lexer, "create") ? Head.create : wordIs(lexer, "copy") ? Head.copy : Head.other;
      break;
    case Head.create:
      scan.head = isRoutine(lexer) ? Head.routine : wordIs(lexer, "or") ? Head.createOr : Head.other;
      break;
    case Head.createOr:
      scan.head = wordIs(lexer, "replace") ? Head.createOrReplace : Head.other;
      break;
    case Head.createOrReplace:
      scan.head = isRoutine(lexer) ? Head.routine : Head.other;
      break;
    case Head.routine:
      followBody(lexer, scan);
      break;
    case Head.copy:
      if (scan.depth === 0 && wordIs(lexer, "from")) scan.head = Head.copyFrom;
      break;
    case Head.copyFrom:
      scan.head = wordIs(lexer, "stdin") ? Head.copyFromStdin : Head.other;
      break;
  }
}

function isRoutine(lexer: Lexer): boolean {
  return wordIs(lexer, "function") || wordIs(lexer, "procedure");
}

/** Counts BEGIN ATOMIC, CASE and END; after a dot or AS they are plain names (`t.end`, `AS case`). */
function followBody(lexer: Lexer, scan: StatementScan): void {
  const { afterBegin, afterName } = scan;
  scan.afterBegin = false;
  scan.afterName = false;
  if (lexer.kind === Token.symbol) {
    scan.afterName = lexer.text.charCodeAt(lexer.start) === 46 && lexer.end === lexer.start + 1;
    return;
  }
  if (lexer.kind !== Token.word) return;
  if (wordIs(lexer, "as")) scan.afterName = true;
  if (afterName) return;
  if (scan.atomicDepth === 0) {
    if (afterBegin && wordIs(lexer, "atomic")) {
      scan.atomicDepth = 1;
      scan.atomicAt = lexer.start;
    }
    scan.afterBegin = wordIs(lexer, "begin");
  } else if (wordIs(lexer, "case")) {
    scan.atomicDepth++;
  } else if (wordIs(lexer, "end")) {
    scan.atomicDepth--;
  }
}
