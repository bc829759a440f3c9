import { createLexer, Token } from "./lexer.ts";
import { createScan, resetScan, scanStatement } from "./statement-scan.ts";

/** Where a statement stands in a text, as UTF-16 offsets; its `;` belongs to it. */
export interface StatementRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Splits SQL at the semicolons that end statements, by PostgreSQL's rules: not those in literals, comments, parentheses
 * and BEGIN ATOMIC … END. Comments and white space around statements belong to none; a statement with no token is none.
 * What follows an unterminated literal belongs to the last statement.
 */
export function splitStatements(sql: string): readonly StatementRange[] {
  const ranges: StatementRange[] = [];
  const lexer = createLexer(sql);
  const scan = createScan();
  for (;;) {
    const stop = scanStatement(lexer, scan);
    if (stop === Token.backslash || stop === Token.unterminated) {
      // PostgreSQL will refuse it; here it is a part of the statement.
      if (scan.start < 0) scan.start = lexer.start;
      scan.end = lexer.end;
      continue;
    }
    if (scan.start >= 0) ranges.push({ start: scan.start, end: scan.end });
    if (stop === Token.end) return ranges;
    resetScan(scan);
  }
}
