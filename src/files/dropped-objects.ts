import { Token } from "./lexer.ts";
import type { ObjectName } from "./object-name.ts";
import { nameOf } from "./object-name.ts";
import type { TokenCursor } from "./token-cursor.ts";
import { peekText, peekWord, takeName, takeNames, takeWords } from "./token-cursor.ts";

/** Rows or objects with rows that a statement takes away. */
export interface DroppedObject {
  readonly kind: "table" | "column" | "schema" | "database" | "owned" | "truncate" | "delete";
  /** The table for columns, TRUNCATE and DELETE, the role for DROP OWNED. */
  readonly object: ObjectName;
  readonly column?: string;
  /** DELETE with WHERE. */
  readonly conditional?: boolean;
}

/** Finds what a statement takes away; what a DO block, a function or CASCADE does is not seen. */
export function droppedObjects(cursor: TokenCursor): readonly DroppedObject[] {
  if (takeWords(cursor, "drop")) return afterDrop(cursor);
  if (takeWords(cursor, "truncate")) {
    takeWords(cursor, "table");
    return takeNames(cursor).map((object) => ({ kind: "truncate", object }));
  }
  if (takeWords(cursor, "alter", "table")) return droppedColumns(cursor);
  return peekWord(cursor) === "delete" || peekWord(cursor) === "with" ? deletions(cursor) : [];
}

function afterDrop(cursor: TokenCursor): readonly DroppedObject[] {
  if (takeWords(cursor, "owned", "by")) return takeNames(cursor).map((object) => ({ kind: "owned", object }));
  for (const kind of ["table", "schema", "database"] as const) {
    if (!takeWords(cursor, kind)) continue;
    takeWords(cursor, "if", "exists");
    return takeNames(cursor).map((object) => ({ kind, object }));
  }
  return [];
}

function droppedColumns(cursor: TokenCursor): readonly DroppedObject[] {
  takeWords(cursor, "if", "exists");
  const object = takeNames(cursor)[0];
  const dropped: DroppedObject[] = [];
  if (object === undefined) return dropped;
  let depth = 0;
  for (let actionBegins = true; cursor.at < cursor.tokens.length; cursor.at++) {
    if (actionBegins && takeWords(cursor, "drop") && !takeWords(cursor, "constraint")) {
      takeWords(cursor, "column");
      takeWords(cursor, "if", "exists");
      const column = nameOf(cursor.sql, cursor.tokens[cursor.at]);
      if (column !== undefined) dropped.push({ kind: "column", object, column });
    }
    const token = cursor.tokens[cursor.at];
    if (token?.kind === Token.open) depth++;
    if (token?.kind === Token.close) depth--;
    actionBegins = depth === 0 && peekText(cursor) === ",";
  }
  return dropped;
}

function deletions(cursor: TokenCursor): readonly DroppedObject[] {
  const dropped: DroppedObject[] = [];
  for (; cursor.at < cursor.tokens.length; cursor.at++) {
    if (!takeWords(cursor, "delete", "from")) continue;
    takeWords(cursor, "only");
    const object = takeName(cursor);
    if (object !== undefined) dropped.push({ kind: "delete", object, conditional: hasWhere(cursor) });
  }
  return dropped;
}

/** Whether WHERE follows before the parenthesis around the DELETE closes. */
function hasWhere(cursor: TokenCursor): boolean {
  let depth = 0;
  for (let ahead = 0; cursor.at + ahead < cursor.tokens.length && depth >= 0; ahead++) {
    const kind = cursor.tokens[cursor.at + ahead]?.kind;
    if (kind === Token.open) depth++;
    if (kind === Token.close) depth--;
    if (depth === 0 && peekWord(cursor, ahead) === "where") return true;
  }
  return false;
}
