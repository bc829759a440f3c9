import type { ObjectName } from "./object-name.ts";
import type { TokenCursor } from "./token-cursor.ts";
import { peekWord, takeName, takeParentheses, takeWords } from "./token-cursor.ts";

/** An index that is built, dropped or rebuilt CONCURRENTLY: a failure can leave it invalid. */
export interface ConcurrentIndex {
  readonly action: "create" | "drop" | "reindex";
  /**
   * Undefined where PostgreSQL makes the name up, and for REINDEX of more than one index. A new index is in the schema of its
   * table and its name has no schema.
   */
  readonly name: ObjectName | undefined;
  /** The table of CREATE INDEX and REINDEX TABLE. */
  readonly table: ObjectName | undefined;
  /** IF NOT EXISTS of CREATE, IF EXISTS of DROP. */
  readonly ifNotExists: boolean;
  readonly ifExists: boolean;
  readonly unique: boolean;
}

/** Reads CREATE INDEX, DROP INDEX and REINDEX, each CONCURRENTLY; undefined for any other statement. */
export function concurrentIndexOf(cursor: TokenCursor): ConcurrentIndex | undefined {
  if (takeWords(cursor, "create")) return afterCreate(cursor);
  if (takeWords(cursor, "drop", "index", "concurrently")) {
    const ifExists = takeWords(cursor, "if", "exists");
    return { action: "drop", name: takeName(cursor), table: undefined, ifNotExists: false, ifExists, unique: false };
  }
  return takeWords(cursor, "reindex") ? afterReindex(cursor) : undefined;
}

function afterCreate(cursor: TokenCursor): ConcurrentIndex | undefined {
  const unique = takeWords(cursor, "unique");
  if (!takeWords(cursor, "index", "concurrently")) return undefined;
  const ifNotExists = takeWords(cursor, "if", "not", "exists");
  const name = peekWord(cursor) === "on" ? undefined : takeName(cursor);
  takeWords(cursor, "on");
  takeWords(cursor, "only");
  return { action: "create", name, table: takeName(cursor), ifNotExists, ifExists: false, unique };
}

function afterReindex(cursor: TokenCursor): ConcurrentIndex | undefined {
  const options = takeParentheses(cursor);
  const what = peekWord(cursor);
  cursor.at++;
  if (!takeWords(cursor, "concurrently") && !options.includes("concurrently")) return undefined;
  const object = takeName(cursor);
  return {
    action: "reindex",
    name: what === "index" ? object : undefined,
    table: what === "table" ? object : undefined,
    ifNotExists: false,
    ifExists: false,
    unique: false,
  };
}
