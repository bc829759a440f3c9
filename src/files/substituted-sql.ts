import type { Expression } from "./expression.ts";
import type { TokenRange } from "./token-walk.ts";
import type { Substitution } from "./migration.ts";
import type { Piece } from "./piece.ts";
import type { Replacement, SourceView } from "./source-view.ts";
import { fileOffset, replacementsIn } from "./source-view.ts";
import { findIntrusion } from "./substitution-check.ts";
import type { Environment, Value } from "./substitute.ts";
import { substitute } from "./substitute.ts";
import { readTokens } from "./token-walk.ts";

/** Why a statement cannot be made; `offset` in the file. */
export interface StatementFault {
  readonly kind: "fault";
  readonly offset: number;
  readonly message: string;
  readonly hint: string;
}

/** A line inside a statement that is not a part of it; offsets in the view. */
export interface LeftOut {
  readonly start: number;
  readonly end: number;
}

/** A statement's SQL with variables replaced, the same before, and how the two go together. */
export interface WrittenSql {
  readonly sql: string;
  readonly text: string;
  readonly pieces: readonly Piece[];
  readonly substitutions: readonly Substitution[];
}

/**
 * Writes the SQL of a range of the view. Expressions in comments stay as they are. A value that would end the literal
 * it stands in, or swallow what follows it, is a fault: what a variable holds is data, or SQL where SQL stands.
 */
export function writeSql(
  view: SourceView,
  range: { readonly start: number; readonly end: number; readonly leftOut: readonly LeftOut[] },
  environment: Environment,
): WrittenSql | StatementFault {
  const tokens = readTokens(view.text, range.start, range.end);
  const draft: Draft = { view, sql: "", text: "", pieces: [], substitutions: [], expressions: [] };
  let at = range.start;
  for (const event of events(view, range)) {
    copy(draft, at, event.at);
    at = event.end;
    if (!("becomes" in event)) {
      draft.pieces.push({ at: event.at, end: event.end, sqlAt: draft.sql.length, sqlLength: 0, whole: true });
      continue;
    }
    const stands = standIn(view, event, isInToken(tokens, event.at), environment);
    if ("kind" in stands) return stands;
    replace(draft, event, stands);
  }
  copy(draft, at, range.end);
  const intruder = findIntrusion(tokens, draft.sql, draft.pieces, draft.expressions);
  if (intruder !== undefined) return { kind: "fault", offset: fileOffset(view, intruder.at), ...intruder };
  return draft;
}

interface Draft {
  readonly view: SourceView;
  sql: string;
  text: string;
  readonly pieces: Piece[];
  readonly substitutions: Substitution[];
  /** Expressions that were replaced. */
  readonly expressions: { readonly at: number; readonly end: number; readonly name: string }[];
}

function events(
  view: SourceView,
  range: { readonly start: number; readonly end: number; readonly leftOut: readonly LeftOut[] },
): readonly (Replacement | { readonly at: number; readonly end: number })[] {
  const lines = range.leftOut.map(({ start, end }) => ({ at: start, end }));
  return [...replacementsIn(view, range.start, range.end), ...lines].toSorted((left, right) => left.at - right.at);
}

function copy(draft: Draft, at: number, end: number): void {
  if (end <= at) return;
  const plain = draft.view.text.slice(at, end);
  draft.pieces.push({ at, end, sqlAt: draft.sql.length, sqlLength: plain.length, whole: false });
  draft.sql += plain;
  draft.text += plain;
}

function replace(draft: Draft, event: Replacement, stands: Value): void {
  const { view, sql } = draft;
  draft.pieces.push({ at: event.at, end: event.end, sqlAt: sql.length, sqlLength: stands.value.length, whole: true });
  draft.sql += stands.value;
  draft.text += view.file.slice(event.fileAt, event.fileAt + event.fileLength);
  draft.substitutions.push(...stands.used);
  if (isExpression(event.becomes)) draft.expressions.push({ at: event.at, end: event.end, name: event.becomes.name });
}

function standIn(
  view: SourceView,
  { becomes, fileAt, fileLength }: Replacement,
  inToken: boolean,
  environment: Environment,
): Value | StatementFault {
  if (becomes === "$") return { value: "$", used: [] };
  if (!inToken) return { value: view.file.slice(fileAt, fileAt + fileLength), used: [] };
  if (!isExpression(becomes)) return { ...becomes, kind: "fault", offset: becomes.start };
  const value = substitute(becomes, environment);
  return "kind" in value ? { kind: "fault", offset: becomes.start, message: value.message, hint: value.hint } : value;
}

function isExpression(becomes: Replacement["becomes"]): becomes is Expression {
  return becomes !== "$" && "form" in becomes;
}

function isInToken(tokens: readonly TokenRange[], at: number): boolean {
  let low = 0;
  let high = tokens.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((tokens[middle] as TokenRange).start <= at) low = middle + 1;
    else high = middle;
  }
  const before = tokens[low - 1];
  return before !== undefined && at < before.end;
}
