import { indexEffects } from "./index-effect.ts";
import type { ObjectName } from "./object-name.ts";
import { effect, type ObjectKind, type StatementEffect } from "./statement-effect.ts";
import type { TokenCursor } from "./token-cursor.ts";
import { peekText, peekWord, takeName, takeParentheses, takeWords } from "./token-cursor.ts";

/** The words that name a kind, the longer ones first. */
const KINDS: readonly (readonly [words: string, kind: ObjectKind])[] = [
  ["materialized view", "materialized view"],
  ["foreign table", "foreign table"],
  ["event trigger", "event trigger"],
  ["constraint trigger", "trigger"],
  ["recursive view", "view"],
  ["table", "table"],
  ["view", "view"],
  ["sequence", "sequence"],
  ["type", "type"],
  ["domain", "domain"],
  ["function", "function"],
  ["procedure", "procedure"],
  ["routine", "function"],
  ["aggregate", "aggregate"],
  ["trigger", "trigger"],
  ["policy", "policy"],
  ["rule", "rule"],
  ["schema", "schema"],
  ["extension", "extension"],
  ["statistics", "statistics"],
  ["collation", "collation"],
  ["publication", "publication"],
  ["subscription", "subscription"],
  ["server", "server"],
  ["role", "role"],
  ["user", "role"],
  ["group", "role"],
  ["database", "database"],
];

/** Goes past the words that name a kind of object. */
export function takeKind(cursor: TokenCursor): ObjectKind | undefined {
  if (peekWord(cursor) === "user" && peekWord(cursor, 1) === "mapping") return undefined;
  return KINDS.find(([words]) => takeWords(cursor, ...words.split(" ")))?.[1];
}

/** What stands after CREATE. A temporary object went with its session: nothing can be told of it. */
export function createEffects(cursor: TokenCursor): readonly StatementEffect[] {
  const replaces = takeWords(cursor, "or", "replace");
  const unique = takeWords(cursor, "unique");
  if (takeWords(cursor, "index")) return indexEffects(cursor, unique);
  if (["temp", "temporary", "local", "global"].includes(peekWord(cursor))) return [];
  takeWords(cursor, "unlogged");
  const kind = takeKind(cursor);
  if (kind === undefined) return [];
  const conditional = takeWords(cursor, "if", "not", "exists");
  if (kind === "statistics" && peekWord(cursor) === "on") return [];
  const authorization = kind === "schema" && takeWords(cursor, "authorization");
  const name = takeName(cursor);
  if (name === undefined || name.schema === "pg_temp" || (authorization && name.name === "current_user")) return [];
  if (kind !== "trigger" && kind !== "policy" && kind !== "rule") {
    return [effect("create", { kind, name }, { conditional, replaces })];
  }
  const of = ownerAfter(cursor, kind === "rule" ? "to" : "on");
  return of === undefined ? [] : [effect("create", { kind, name, of }, { conditional, replaces })];
}

/** The name after a word that stands somewhere before it. */
export function ownerAfter(cursor: TokenCursor, word: string): ObjectName | undefined {
  while (cursor.at < cursor.tokens.length && peekWord(cursor) !== word) cursor.at++;
  return takeWords(cursor, word) ? takeName(cursor) : undefined;
}

/** What stands after DROP. */
export function dropEffects(cursor: TokenCursor): readonly StatementEffect[] {
  const isIndex = takeWords(cursor, "index");
  const kind = isIndex ? "index" : takeKind(cursor);
  if (kind === undefined) return [];
  const concurrently = isIndex && takeWords(cursor, "concurrently");
  const conditional = takeWords(cursor, "if", "exists");
  const effects: StatementEffect[] = [];
  for (;;) {
    const name = takeName(cursor);
    if (name === undefined) return effects;
    takeParentheses(cursor);
    const owned = kind === "trigger" || kind === "policy" || kind === "rule";
    const of = owned ? ownerAfter(cursor, "on") : undefined;
    if (owned && of === undefined) return effects;
    effects.push(effect("drop", of === undefined ? { kind, name } : { kind, name, of }, { conditional, concurrently }));
    if (peekText(cursor) !== ",") return effects;
    cursor.at++;
  }
}
