import type { ObjectName } from "./object-name.ts";
import { splitStatements } from "./split-statements.ts";
import { describeStatement } from "./statement-kind.ts";
import type { TokenCursor } from "./token-cursor.ts";
import { createCursor, hasWord, peekWord, takeName, takeNames, takeParentheses, takeWords } from "./token-cursor.ts";

/** A table, view or index that a statement locks. */
export interface TableLock {
  readonly object: ObjectName;
  /** It is a table that others cannot write to, or not even read, while the lock is held or waited for. */
  readonly strong: boolean;
}

/** What the text of a statement tells about tables, indexes and views. What a DO block, a function, CASCADE or a foreign key does is not seen. */
export interface TableUse {
  readonly locks: readonly TableLock[];
  /** A new name for a table counts, too. */
  readonly creates: readonly ObjectName[];
}

const NOTHING: TableUse = { locks: [], creates: [] };
const MAY_BE_WEAK = /\bconcurrently\b|^\s*vacuum\b|\bvalidate\b/i;

/** Finds the tables that the statements of a text lock and make, in order. */
export function tableUse(sql: string): readonly TableUse[] {
  return splitStatements(sql).map(({ start, end }) => {
    const statement = sql.slice(start, end);
    const use = ofStatement(createCursor(statement));
    const isWeak = MAY_BE_WEAK.test(statement) && describeStatement(statement).waitsWithoutBlocking;
    return isWeak ? { ...use, locks: use.locks.map((lock) => ({ ...lock, strong: false })) } : use;
  });
}

function ofStatement(cursor: TokenCursor): TableUse {
  const word = peekWord(cursor);
  cursor.at++;
  switch (word) {
    case "alter":
      return ofAlter(cursor);
    case "drop":
      return ofDrop(cursor);
    case "create":
      return ofCreate(cursor);
    case "truncate":
      takeWords(cursor, "table");
      return strongly(takeNames(cursor));
    case "lock":
      return ofLock(cursor);
    case "reindex":
    case "cluster":
    case "vacuum":
      return ofRewrite(cursor);
    case "refresh":
      takeWords(cursor, "materialized", "view");
      takeWords(cursor, "concurrently");
      return strongly(nameHere(cursor));
    case "insert":
    case "update":
    case "delete":
    case "merge":
    case "with":
      cursor.at--;
      return { locks: writtenTables(cursor), creates: [] };
    default:
      return NOTHING;
  }
}

function ofAlter(cursor: TokenCursor): TableUse {
  if (takeWords(cursor, "index")) {
    takeWords(cursor, "if", "exists");
    return { locks: nameHere(cursor).map((object) => ({ object, strong: false })), creates: [] };
  }
  const kind = takeRelation(cursor);
  if (kind === undefined) return NOTHING;
  const locks = nameHere(cursor).map((object) => ({ object, strong: kind === "table" }));
  const creates = takeWords(cursor, "rename", "to") ? nameHere(cursor) : [];
  const others = referencedTables(cursor).map((object) => ({ object, strong: false }));
  return { locks: [...locks, ...others], creates };
}

function ofDrop(cursor: TokenCursor): TableUse {
  if (takeWords(cursor, "index")) {
    takeWords(cursor, "concurrently");
    takeWords(cursor, "if", "exists");
    return { locks: takeNames(cursor).map((object) => ({ object, strong: false })), creates: [] };
  }
  if (["trigger", "policy", "rule"].some((kind) => takeWords(cursor, kind))) return strongly(nameAfterOn(cursor));
  const kind = takeRelation(cursor);
  if (kind === undefined) return NOTHING;
  return { locks: takeNames(cursor).map((object) => ({ object, strong: kind === "table" })), creates: [] };
}

function ofCreate(cursor: TokenCursor): TableUse {
  takeWords(cursor, "or", "replace");
  if (takeWords(cursor, "unique") || peekWord(cursor) === "index") return strongly(nameAfterOn(cursor));
  if (takeWords(cursor, "constraint") || peekWord(cursor) === "trigger" || peekWord(cursor) === "policy") {
    return strongly(nameAfterOn(cursor));
  }
  for (const kind of ["global", "local", "temporary", "temp", "unlogged", "recursive"]) takeWords(cursor, kind);
  if (takeRelation(cursor) === undefined) return NOTHING;
  takeWords(cursor, "if", "not", "exists");
  const creates = nameHere(cursor);
  if (takeWords(cursor, "partition", "of")) return { locks: strongly(nameHere(cursor)).locks, creates };
  return { locks: referencedTables(cursor).map((object) => ({ object, strong: false })), creates };
}

function ofLock(cursor: TokenCursor): TableUse {
  takeWords(cursor, "table");
  const names = takeNames(cursor);
  const weak =
    takeWords(cursor, "in", "access", "share") ||
    takeWords(cursor, "in", "row", "share") ||
    takeWords(cursor, "in", "row", "exclusive") ||
    takeWords(cursor, "in", "share", "update", "exclusive");
  return { locks: names.map((object) => ({ object, strong: !weak })), creates: [] };
}

function ofRewrite(cursor: TokenCursor): TableUse {
  takeParentheses(cursor);
  if (takeWords(cursor, "index") || takeWords(cursor, "index", "concurrently")) {
    return { locks: nameHere(cursor).map((object) => ({ object, strong: false })), creates: [] };
  }
  for (const option of ["full", "freeze", "verbose", "analyze", "table", "concurrently"]) takeWords(cursor, option);
  return strongly(nameHere(cursor));
}

/** Goes past TABLE or VIEW, with what may stand before the name. */
function takeRelation(cursor: TokenCursor): "table" | "view" | undefined {
  const kind =
    takeWords(cursor, "table") || takeWords(cursor, "foreign", "table")
      ? "table"
      : takeWords(cursor, "materialized", "view") || takeWords(cursor, "view")
        ? "view"
        : undefined;
  if (kind === undefined) return undefined;
  takeWords(cursor, "if", "exists");
  takeWords(cursor, "only");
  return kind;
}

function nameHere(cursor: TokenCursor): readonly ObjectName[] {
  const name = takeName(cursor);
  return name === undefined ? [] : [name];
}

function nameAfterOn(cursor: TokenCursor): readonly ObjectName[] {
  while (cursor.at < cursor.tokens.length && !takeWords(cursor, "on")) cursor.at++;
  takeWords(cursor, "only");
  return nameHere(cursor);
}

function referencedTables(cursor: TokenCursor): readonly ObjectName[] {
  const names: ObjectName[] = [];
  if (!hasWord(cursor, "references")) return names;
  for (; cursor.at < cursor.tokens.length; cursor.at++) {
    if (takeWords(cursor, "references")) names.push(...nameHere(cursor));
  }
  return names;
}

function writtenTables(cursor: TokenCursor): readonly TableLock[] {
  const locks: TableLock[] = [];
  for (; cursor.at < cursor.tokens.length; cursor.at++) {
    const found =
      takeWords(cursor, "insert", "into") ||
      takeWords(cursor, "merge", "into") ||
      takeWords(cursor, "delete", "from") ||
      (peekWord(cursor, -1) !== "for" && peekWord(cursor, -1) !== "do" && takeWords(cursor, "update"));
    if (!found) continue;
    takeWords(cursor, "only");
    const object = takeName(cursor);
    if (object !== undefined) locks.push({ object, strong: false });
  }
  return locks;
}

function strongly(names: readonly ObjectName[]): TableUse {
  return { locks: names.map((object) => ({ object, strong: true })), creates: [] };
}
