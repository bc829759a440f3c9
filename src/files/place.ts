import type { Place } from "./migration.ts";

/** Finds places by ascending offset without reading the text twice. */
export interface PlaceFinder {
  readonly text: string;
  offset: number;
  line: number;
  column: number;
  /** Where the line ends that `offset` is in. */
  lineEnd: number;
}

/** Creates a finder that stands at the beginning of the text. */
export function createPlaceFinder(text: string): PlaceFinder {
  return { text, offset: 0, line: 1, column: 1, lineEnd: endOfLine(text, 0) };
}

/** The place of a UTF-16 offset. Cheap where offsets ascend; an offset before the last one starts over. */
export function findPlace(finder: PlaceFinder, offset: number): Place {
  const { text } = finder;
  if (offset < finder.offset) Object.assign(finder, createPlaceFinder(text));
  while (finder.lineEnd < offset) {
    finder.line++;
    finder.column = 1;
    finder.offset = finder.lineEnd + 1;
    finder.lineEnd = endOfLine(text, finder.offset);
  }
  finder.column += countCodePoints(text, finder.offset, offset);
  finder.offset = offset;
  return { line: finder.line, column: finder.column };
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

/** The place of a UTF-16 offset in a text. */
export function placeOf(text: string, offset: number): Place {
  return findPlace(createPlaceFinder(text), offset);
}

/** How many code points begin between two UTF-16 offsets. */
function countCodePoints(text: string, from: number, to: number): number {
  let count = to - from;
  for (let i = from + 1; i < to; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0xdc00 && code <= 0xdfff && isHighSurrogate(text.charCodeAt(i - 1))) count--;
  }
  return count;
}

/** The UTF-16 offset of a character given in code points; past the end, the text's length. */
export function offsetOfCodePoint(text: string, codePoint: number): number {
  let offset = 0;
  for (let left = codePoint; left > 0 && offset < text.length; left--) {
    offset += isHighSurrogate(text.charCodeAt(offset)) && offset + 1 < text.length ? 2 : 1;
  }
  return Math.min(offset, text.length);
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
