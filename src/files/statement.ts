import type { Place, Statement } from "./migration.ts";
import { offsetOfCodePoint, placeOf } from "./place.ts";
import { locateInPieces } from "./piece.ts";
import type { SourceView } from "./source-view.ts";
import { fileOffset, replacementsIn } from "./source-view.ts";
import { splitStatements } from "./split-statements.ts";
import type { Environment, Value } from "./substitute.ts";
import type { LeftOut, StatementFault } from "./substituted-sql.ts";
import { writeSql } from "./substituted-sql.ts";

/** A statement as the parser found it; offsets in the view. */
export interface StatementFound {
  readonly start: number;
  readonly end: number;
  readonly place: Place;
  readonly count: number;
  readonly block: boolean;
  /** Annotation lines inside it, which are not a part of it. */
  readonly leftOut: readonly LeftOut[];
}

/** Creates a statement, with its variables replaced. */
export function createStatement(
  view: SourceView,
  found: StatementFound,
  environment: Environment,
): Statement | StatementFault {
  const { start, end, place, block } = found;
  if (found.leftOut.length > 0 || replacementsIn(view, start, end).length > 0) {
    return substitutedStatement(view, found, environment);
  }
  const sql = view.text.slice(start, end);
  const from = view.replacements.length === 0 ? start : fileOffset(view, start);
  return {
    sql,
    text: sql,
    place,
    count: found.count,
    block,
    substitutions: NONE,
    locate: (offset) => placeOf(view.file, from + offsetOfCodePoint(sql, offset)),
    locateStatement: (index) => (index === 0 ? place : placeOf(view.file, from + startOfStatement(sql, index))),
  };
}

const NONE: Value["used"] = [];

function substitutedStatement(
  view: SourceView,
  found: StatementFound,
  environment: Environment,
): Statement | StatementFault {
  const written = writeSql(view, found, environment);
  if ("kind" in written) return written;
  const { sql, pieces, substitutions } = written;
  const locate = (offset: number): Place => locateInPieces(view, pieces, sql, offset);
  return {
    sql,
    text: written.text,
    place: found.place,
    count: splitStatements(sql).length,
    block: found.block,
    substitutions,
    locate,
    locateStatement: (index) => locate(Array.from(sql.slice(0, startOfStatement(sql, index))).length),
  };
}

/** The UTF-16 offset of the n-th (0-based) statement in SQL; past the last one, that of the last one. */
function startOfStatement(sql: string, index: number): number {
  const ranges = splitStatements(sql);
  return ranges[Math.min(index, ranges.length - 1)]?.start ?? 0;
}
