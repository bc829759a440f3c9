import type { AnnotationLine } from "./annotations.ts";
import { Mark, writeMark } from "./checksum.ts";
import { Token } from "./lexer.ts";
import type { Parser } from "./migration-parser.ts";
import { addProblem, addUpProblem, closeBlock, endStatement, openBlock, takeAnywhere } from "./migration-parser.ts";
import { COPY_FROM_STDIN, describePsqlCommand, endOfCopyRows } from "./psql-command.ts";
import { replacementsIn } from "./source-view.ts";
import { Head, resetScan, scanStatement } from "./statement-scan.ts";
import { endOfLineComment } from "./token-end.ts";

/** Reads the statements of both sections, from the line after `-- +goose Up` to the end of the file. */
export function readSections(parser: Parser): void {
  const { lexer, scan } = parser;
  for (;;) {
    lexer.boundary = parser.annotations[parser.next]?.start ?? Number.MAX_SAFE_INTEGER;
    const stop = scanStatement(lexer, scan, parser.sink);
    passLinesInLiterals(parser, stop === Token.boundary ? lexer.position : lexer.end);
    switch (stop) {
      case Token.semicolon:
        if (scan.head === Head.copyFromStdin) refuseCopy(parser);
        else endStatement(parser);
        break;
      case Token.boundary:
        readBoundary(parser);
        break;
      case Token.backslash:
        refusePsqlCommand(parser);
        break;
      case Token.unterminated:
        refuseUnterminated(parser);
        if (parser.block === undefined) return;
        break;
      case Token.end:
        endSection(parser);
        if (parser.block === undefined) return;
        endBlock(parser);
        break;
    }
  }
}

/** Lines before an offset that the lexer has passed stood in a literal or a comment: only ENVSUB counts there. */
function passLinesInLiterals(parser: Parser, position: number): void {
  for (let line = parser.annotations[parser.next]; line !== undefined && line.dashes < position;) {
    if (isSubstitution(line)) takeAnywhere(parser, line);
    line = parser.annotations[++parser.next];
  }
}

function isSubstitution({ says }: AnnotationLine): boolean {
  const kind = says.kind === "invalid" ? says.meant : says.kind;
  return kind === "ENVSUB ON" || kind === "ENVSUB OFF";
}

function readBoundary(parser: Parser): void {
  const { lexer } = parser;
  const line = parser.annotations[parser.next];
  // The comment is none of the annotations; the one that the lexer stopped for stood in a literal.
  if (line === undefined || line.start > lexer.position) return;
  parser.next++;
  lexer.position = line.end;
  if (!takeAnywhere(parser, line)) readAnnotation(parser, line);
}

function readAnnotation(parser: Parser, line: AnnotationLine): void {
  switch (line.says.kind) {
    case "Up":
      addUpProblem(
        parser,
        line.dashes,
        "-- +goose Up stands twice in the file",
        "a file has one Up section, and at most one Down section after it",
      );
      break;
    case "Down":
      beginDown(parser, line);
      break;
    case "StatementBegin":
      beginBlock(parser, line);
      break;
    case "StatementEnd":
      addProblem(
        parser,
        line.dashes,
        "-- +goose StatementEnd without a -- +goose StatementBegin before it",
        "add the StatementBegin, or delete this line",
      );
  }
}

function beginDown(parser: Parser, line: AnnotationLine): void {
  endSection(parser);
  if (parser.block !== undefined) {
    addProblem(
      parser,
      line.dashes,
      "-- +goose Down stands inside a block",
      "end the block with -- +goose StatementEnd before it",
    );
    closeBlock(parser);
  }
  if (parser.section === "down") {
    addProblem(parser, line.dashes, "-- +goose Down stands twice in the file", "a file has one Down section");
  }
  parser.section = "down";
  writeMark(parser.checksum, Mark.down);
}

function beginBlock(parser: Parser, line: AnnotationLine): void {
  if (parser.block !== undefined) {
    addProblem(
      parser,
      line.dashes,
      "-- +goose StatementBegin stands inside a block",
      "end the block before it with -- +goose StatementEnd",
    );
    return;
  }
  if (parser.scan.start >= 0) {
    addProblem(
      parser,
      parser.scan.start,
      "the statement is not finished where -- +goose StatementBegin follows",
      "end it with a semicolon, or move StatementBegin before its first line",
    );
    resetScan(parser.scan);
  }
  const end = parser.annotations.findIndex(({ says }, index) => index >= parser.next && says.kind === "StatementEnd");
  if (end < 0) {
    addProblem(
      parser,
      line.dashes,
      "-- +goose StatementBegin without a -- +goose StatementEnd after it",
      "add -- +goose StatementEnd on a line of its own after the block",
    );
    return;
  }
  openBlock(parser, end);
}

/** Goes on after the StatementEnd of the block. */
function endBlock(parser: Parser): void {
  const { block, lexer } = parser;
  const line = parser.annotations[block?.endsAt ?? -1];
  closeBlock(parser);
  if (line === undefined || block === undefined) return;
  parser.next = block.endsAt + 1;
  lexer.position = line.end;
}

/** Ends the last statement of a section or block, which needs no semicolon, unless it is plainly not finished. */
function endSection(parser: Parser): void {
  const { scan, view } = parser;
  if (scan.start >= 0 && replacementsIn(view, scan.start, scan.end).length === 0) {
    if (scan.depth > 0) {
      addProblem(
        parser,
        scan.openedAt,
        "the parenthesis is not closed",
        "close it; the statements after it were read as a part of it",
      );
      resetScan(scan);
    } else if (scan.atomicDepth > 0) {
      addProblem(parser, scan.atomicAt, "the body BEGIN ATOMIC has no END", "end it with END;");
      resetScan(scan);
    } else if (scan.head === Head.copyFromStdin) {
      addProblem(parser, scan.start, COPY_FROM_STDIN.message, COPY_FROM_STDIN.hint);
      resetScan(scan);
    }
  }
  endStatement(parser);
}

function refuseCopy(parser: Parser): void {
  const { lexer, scan, view } = parser;
  addProblem(parser, scan.start, COPY_FROM_STDIN.message, COPY_FROM_STDIN.hint);
  resetScan(scan);
  lexer.position = Math.min(endOfCopyRows(view.text, lexer.position), lexer.limit);
}

function refusePsqlCommand(parser: Parser): void {
  const { lexer, scan, view } = parser;
  const command = describePsqlCommand(view.text, lexer.start);
  addProblem(parser, lexer.start, command.message, command.hint);
  resetScan(scan);
  lexer.position = endOfLineComment(view.text, lexer.start, lexer.limit);
}

function refuseUnterminated(parser: Parser): void {
  const { lexer, scan, view } = parser;
  const { start } = lexer;
  const what = describeUnterminated(view.text, start);
  const swallowed = parser.annotations.find((line) => line.start > start && line.says.kind !== "directive");
  const until = swallowed === undefined ? "the end of the file" : "the next annotation and beyond";
  addProblem(parser, start, `${what.name} that begins here does not end`, `${what.hint}; it runs on to ${until}`);
  resetScan(scan);
}

function describeUnterminated(text: string, start: number): { readonly name: string; readonly hint: string } {
  const opening = /\/\*|\$[^$]*\$|[A-Za-z]?&?'|[A-Za-z]?&?"/y;
  opening.lastIndex = start;
  const mark = opening.exec(text)?.[0] ?? "";
  if (mark === "/*") return { name: "the comment", hint: "end it with */; comments nest" };
  if (mark.startsWith("$")) return { name: `the text in ${mark}`, hint: `end it with ${mark}` };
  if (mark.endsWith('"')) return { name: "the quoted name", hint: 'end it with "' };
  return {
    name: "the string",
    hint: "end it with ', and double a quote inside it (only in E'…' a backslash escapes it)",
  };
}
