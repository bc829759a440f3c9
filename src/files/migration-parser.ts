import type { FileProblem } from "../errors.ts";
import type { AnnotationLine } from "./annotations.ts";
import { findAnnotations } from "./annotations.ts";
import type { ChecksumWriter } from "./checksum.ts";
import { createChecksumWriter, Mark, writeMark, writeToken } from "./checksum.ts";
import { addDirective } from "./directives.ts";
import type { Lexer } from "./lexer.ts";
import { createLexer } from "./lexer.ts";
import type { Directives, Place, Statement } from "./migration.ts";
import type { PlaceFinder } from "./place.ts";
import { createPlaceFinder, findPlace, placeOf } from "./place.ts";
import type { SourceView } from "./source-view.ts";
import { createView, fileOffset } from "./source-view.ts";
import type { StatementScan } from "./statement-scan.ts";
import { createScan, resetScan } from "./statement-scan.ts";
import { createStatement } from "./statement.ts";
import type { Environment } from "./substitute.ts";
import type { LeftOut } from "./substituted-sql.ts";

/** The state of parsing one file. Offsets are those of the view. */
export interface Parser {
  readonly path: string;
  readonly view: SourceView;
  readonly environment: Environment;
  readonly lexer: Lexer;
  readonly annotations: readonly AnnotationLine[];
  /** The annotation that comes next. */
  next: number;
  readonly scan: StatementScan;
  readonly checksum: ChecksumWriter;
  readonly sink: (lexer: Lexer) => void;
  readonly places: PlaceFinder;
  section: "start" | "up" | "down";
  /** The StatementBegin/End block that is open. */
  block: Block | undefined;
  /** Annotation lines inside the statement or block that is being read. */
  leftOut: LeftOut[];
  transaction: boolean;
  directives: Directives;
  readonly up: Statement[];
  readonly down: Statement[];
  readonly problems: FileProblem[];
  readonly downProblems: FileProblem[];
}

interface Block {
  /** The index of its StatementEnd among the annotations. */
  readonly endsAt: number;
  start: number;
  end: number;
  count: number;
}

/** More problems than this in one section are not told: the first ones caused them, or nobody reads on. */
const MOST_PROBLEMS = 20;

/** Creates the state for a file whose text has no byte-order mark. */
export function createParser(path: string, file: string, environment: Environment): Parser {
  const inFile = findAnnotations(file);
  const view = createView(file, inFile);
  const annotations = view.text === file ? inFile : findAnnotations(view.text);
  const checksum = createChecksumWriter(annotations);
  return {
    path,
    view,
    environment,
    lexer: createLexer(view.text),
    annotations,
    next: 0,
    scan: createScan(),
    checksum,
    sink: (lexer) => writeToken(checksum, lexer),
    places: createPlaceFinder(file),
    section: "start",
    block: undefined,
    leftOut: [],
    transaction: true,
    directives: {},
    up: [],
    down: [],
    problems: [],
    downProblems: [],
  };
}

/** Records a problem of the section that is being read. */
export function addProblem(parser: Parser, offset: number, message: string, hint: string): void {
  addProblemAt(
    parser,
    parser.section === "down" ? parser.downProblems : parser.problems,
    fileOffset(parser.view, offset),
    message,
    hint,
  );
}

/** Records a problem that stops the whole file, wherever it stands. */
export function addUpProblem(parser: Parser, offset: number, message: string, hint: string): void {
  addProblemAt(parser, parser.problems, fileOffset(parser.view, offset), message, hint);
}

function addProblemAt(parser: Parser, problems: FileProblem[], offset: number, message: string, hint: string): void {
  if (problems.length >= MOST_PROBLEMS) return;
  problems.push({ file: parser.path, ...placeOf(parser.view.file, offset), message, hint });
}

/** The place of an offset that is not smaller than those asked for before. */
function placeInOrder(parser: Parser, offset: number): Place {
  return findPlace(parser.places, fileOffset(parser.view, offset));
}

/** Ends the statement that is being read, if one has begun: it belongs to the block or to the section. */
export function endStatement(parser: Parser): void {
  const { scan, block } = parser;
  const { start, end } = scan;
  resetScan(scan);
  if (start < 0) {
    if (block === undefined) parser.leftOut = [];
    return;
  }
  if (block === undefined) {
    add(parser, start, end, 1, false);
    return;
  }
  if (block.count === 0) block.start = start;
  block.end = end;
  block.count++;
}

/** Opens a block that ends at an annotation, given by its index. */
export function openBlock(parser: Parser, endsAt: number): void {
  parser.block = { endsAt, start: -1, end: -1, count: 0 };
  parser.leftOut = [];
  parser.lexer.limit = parser.annotations[endsAt]?.start ?? parser.view.text.length;
  writeMark(parser.checksum, Mark.blockBegin);
}

/** Closes the block that is open, whose last statement has ended: it is one statement, or nothing where no SQL is in it. */
export function closeBlock(parser: Parser): void {
  const { block } = parser;
  parser.block = undefined;
  parser.lexer.limit = parser.view.text.length;
  writeMark(parser.checksum, Mark.blockEnd);
  if (block !== undefined && block.count > 0) add(parser, block.start, block.end, block.count, true);
  parser.leftOut = [];
}

function add(parser: Parser, start: number, end: number, count: number, block: boolean): void {
  const { view } = parser;
  const leftOut = parser.leftOut.filter((line) => line.start >= start && line.end <= end);
  parser.leftOut = [];
  const place = placeInOrder(parser, start);
  const made = createStatement(view, { start, end, place, count, block, leftOut }, parser.environment);
  if ("kind" in made) {
    const problems = parser.section === "down" ? parser.downProblems : parser.problems;
    addProblemAt(parser, problems, made.offset, made.message, made.hint);
  } else if (made.count > 0) {
    (parser.section === "down" ? parser.down : parser.up).push(made);
  }
}

/** Takes in what is said by a line that may stand anywhere; false for one that may not. */
export function takeAnywhere(parser: Parser, line: AnnotationLine): boolean {
  const { says } = line;
  switch (says.kind) {
    case "NO TRANSACTION":
      parser.transaction = false;
      break;
    case "ENVSUB ON":
    case "ENVSUB OFF":
      break;
    case "directive": {
      const directives = addDirective(parser.directives, says.directive);
      if (directives === false) {
        addProblem(
          parser,
          line.dashes,
          `-- +gander ${says.directive.name} stands twice in the file`,
          "keep one of them",
        );
      } else {
        parser.directives = directives;
      }
      return true;
    }
    case "invalid":
      addProblem(parser, line.dashes, says.message, says.hint);
      break;
    default:
      return false;
  }
  parser.leftOut.push({ start: line.start, end: line.end });
  return true;
}
