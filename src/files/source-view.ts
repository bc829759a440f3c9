import type { AnnotationLine } from "./annotations.ts";
import type { Expression, InvalidExpression } from "./expression.ts";
import { endOfTag, readExpression } from "./expression.ts";

/** A piece of the file that the SQL has something else for; `at` and `end` are offsets in the view's text. */
export interface Replacement {
  readonly at: number;
  readonly end: number;
  /** Where it stands in the file, and how long it is there. */
  readonly fileAt: number;
  readonly fileLength: number;
  readonly becomes: Expression | InvalidExpression | "$";
}

/**
 * A file as the lexer reads it. In ENVSUB sections each expression stands as one run of letters, so that what a
 * variable holds can neither end a statement nor a literal; `\$` stands as `$`. Elsewhere it is the file itself.
 */
export interface SourceView {
  readonly file: string;
  readonly text: string;
  readonly replacements: readonly Replacement[];
}

/** Letters to PostgreSQL, and in no file: one for each ASCII character of an expression. */
const PRIVATE_LETTERS = 0xe000;

/** Creates the view of a file: the file itself where it has no ENVSUB section. */
export function createView(file: string, annotations: readonly AnnotationLine[]): SourceView {
  if (!annotations.some((line) => line.says.kind === "ENVSUB ON")) return { file, text: file, replacements: [] };
  const replacements: Replacement[] = [];
  let text = "";
  let copied = 0;
  let on = false;
  let from = 0;
  const put = (fileAt: number, fileEnd: number, stands: string, becomes: Replacement["becomes"]): void => {
    text += file.slice(copied, fileAt);
    replacements.push({
      at: text.length,
      end: text.length + stands.length,
      fileAt,
      fileLength: fileEnd - fileAt,
      becomes,
    });
    text += stands;
    copied = fileEnd;
  };
  for (const line of annotations) {
    if (on) replaceBetween(file, from, line.start, put);
    from = line.end;
    if (line.says.kind === "ENVSUB ON") on = true;
    if (line.says.kind === "ENVSUB OFF") on = false;
  }
  if (on) replaceBetween(file, from, file.length, put);
  return { file, text: text + file.slice(copied), replacements };
}

function replaceBetween(
  file: string,
  from: number,
  to: number,
  put: (fileAt: number, fileEnd: number, stands: string, becomes: Replacement["becomes"]) => void,
): void {
  let lineEnd = -1;
  let i = from;
  while (i < to) {
    const code = file.charCodeAt(i);
    if (code === 92) {
      if (file.charCodeAt(i + 1) === 36) put(i, i + 2, "$", "$");
      i += file.charCodeAt(i + 1) === 36 || file.charCodeAt(i + 1) === 92 ? 2 : 1;
      continue;
    }
    if (code !== 36) {
      i++;
      continue;
    }
    const tagEnd = endOfTag(file, i);
    if (tagEnd >= 0) {
      i = tagEnd;
      continue;
    }
    if (lineEnd < i) {
      lineEnd = file.indexOf("\n", i);
      if (lineEnd < 0) lineEnd = file.length;
    }
    const expression = readExpression(file, i, lineEnd);
    if (expression === undefined) {
      i++;
    } else {
      put(i, expression.end, toLetters(file.slice(i, expression.end)), expression);
      i = expression.end;
    }
  }
}

function toLetters(expression: string): string {
  let letters = "";
  for (let i = 0; i < expression.length; i++) {
    const code = expression.charCodeAt(i);
    letters += String.fromCharCode(code < 128 ? PRIVATE_LETTERS + code : code);
  }
  return letters;
}

/** The replacements of a range of the view, in order. */
export function replacementsIn(view: SourceView, start: number, end: number): readonly Replacement[] {
  const { replacements } = view;
  let index = indexAfter(replacements, start - 1);
  const found: Replacement[] = [];
  for (let next = replacements[index]; next !== undefined && next.at < end; next = replacements[++index])
    found.push(next);
  return found;
}

/** The offset in the file of an offset in the view; inside a replacement, that of its beginning. */
export function fileOffset(view: SourceView, offset: number): number {
  const { replacements } = view;
  const before = replacements[indexAfter(replacements, offset) - 1];
  if (before === undefined) return offset;
  return offset < before.end ? before.fileAt : before.fileAt + before.fileLength + (offset - before.end);
}

/** How many replacements begin at or before an offset of the view. */
function indexAfter(replacements: readonly Replacement[], offset: number): number {
  let low = 0;
  let high = replacements.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((replacements[middle] as Replacement).at <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
