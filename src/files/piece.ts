import { offsetOfCodePoint, placeOf } from "./place.ts";
import type { Place } from "./migration.ts";
import type { SourceView } from "./source-view.ts";
import { fileOffset } from "./source-view.ts";

/** A run of a statement's SQL and where it comes from; all offsets are UTF-16. */
export interface Piece {
  /** In the view. */
  readonly at: number;
  readonly end: number;
  /** In the SQL. */
  readonly sqlAt: number;
  readonly sqlLength: number;
  /** It stands for something else in the view (an expression, a line that was left out), so offsets inside it mean nothing. */
  readonly whole: boolean;
}

/** The SQL offset of an offset of the view that is no further inside a whole piece than its ends. */
export function sqlOffset(pieces: readonly Piece[], offset: number): number {
  const piece = pieces[lastAtOrBefore(pieces, offset, "at")];
  if (piece === undefined) return 0;
  if (piece.whole) return offset > piece.at ? piece.sqlAt + piece.sqlLength : piece.sqlAt;
  return piece.sqlAt + Math.min(offset - piece.at, piece.sqlLength);
}

/** The place in the file of a character of the SQL, given in code points; in a value, that of its expression. */
export function locateInPieces(view: SourceView, pieces: readonly Piece[], sql: string, codePoint: number): Place {
  const offset = offsetOfCodePoint(sql, codePoint);
  const piece = pieces[lastAtOrBefore(pieces, offset, "sqlAt")];
  if (piece === undefined) return placeOf(view.file, 0);
  const inside = piece.whole ? 0 : Math.min(offset - piece.sqlAt, piece.sqlLength);
  return placeOf(view.file, fileOffset(view, piece.at + inside));
}

function lastAtOrBefore(pieces: readonly Piece[], offset: number, field: "at" | "sqlAt"): number {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((pieces[middle] as Piece)[field] <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
