import { ownerAfter, takeKind } from "./create-effect.ts";
import { Token } from "./lexer.ts";
import type { ObjectName } from "./object-name.ts";
import { type CatalogObject, effect, type ObjectKind, type StatementEffect } from "./statement-effect.ts";
import type { TokenCursor } from "./token-cursor.ts";
import { peekText, peekWord, takeName, takeParentheses, takeWords } from "./token-cursor.ts";

/** A constraint without a name of its own: PostgreSQL makes one up. */
const UNNAMED = new Set(["primary", "unique", "check", "foreign", "exclude"]);

/** What stands after ALTER, as far as something appears or goes. */
export function alterEffects(cursor: TokenCursor): readonly StatementEffect[] {
  const kind = takeWords(cursor, "index") ? "index" : takeKind(cursor);
  if (kind === undefined) return [];
  takeWords(cursor, "if", "exists");
  takeWords(cursor, "only");
  const name = takeName(cursor);
  if (name === undefined) return [];
  if (peekText(cursor) === "*") cursor.at++;
  takeParentheses(cursor);
  const owned = kind === "trigger" || kind === "policy" || kind === "rule";
  const of = owned ? ownerAfter(cursor, "on") : undefined;
  const object: CatalogObject = of === undefined ? { kind, name } : { kind, name, of };
  const effects: StatementEffect[] = [];
  do effects.push(...actionEffects(cursor, object));
  while (goToNextAction(cursor));
  return effects;
}

/** Goes past the comma that ends an action. */
function goToNextAction(cursor: TokenCursor): boolean {
  for (let depth = 0; cursor.at < cursor.tokens.length; cursor.at++) {
    const kind = cursor.tokens[cursor.at]?.kind;
    if (kind === Token.open) depth++;
    if (kind === Token.close) depth--;
    if (depth > 0 || peekText(cursor) !== ",") continue;
    cursor.at++;
    return true;
  }
  return false;
}

function actionEffects(cursor: TokenCursor, object: CatalogObject): readonly StatementEffect[] {
  if (takeWords(cursor, "rename")) return renameEffects(cursor, object);
  if (takeWords(cursor, "set", "schema")) {
    const schema = takeName(cursor)?.name;
    return schema === undefined ? [] : moved(object, { schema, name: object.name.name });
  }
  const of = object.name;
  if (takeWords(cursor, "attach", "partition")) return partitionEffect("create", cursor, of);
  if (takeWords(cursor, "detach", "partition")) return partitionEffect("drop", cursor, of);
  if (takeWords(cursor, "validate", "constraint")) return named("validate", "constraint", cursor, of);
  if (takeWords(cursor, "add")) return addEffects(cursor, of, object.kind);
  if (!takeWords(cursor, "drop")) return [];
  if (takeWords(cursor, "constraint")) return named("drop", "constraint", cursor, of);
  if (!hasColumns(object.kind)) return [];
  if (!takeWords(cursor, "column")) takeWords(cursor, "attribute");
  return named("drop", "column", cursor, of);
}

function hasColumns(kind: ObjectKind): boolean {
  return kind === "table" || kind === "foreign table" || kind === "type";
}

function addEffects(cursor: TokenCursor, of: ObjectName, kind: ObjectKind): readonly StatementEffect[] {
  if (kind === "type" && takeWords(cursor, "value")) {
    const conditional = takeWords(cursor, "if", "not", "exists");
    const name = takeLabel(cursor);
    return name === undefined ? [] : [effect("create", { kind: "enum value", name, of }, { conditional })];
  }
  if (takeWords(cursor, "constraint")) return named("create", "constraint", cursor, of);
  if (!hasColumns(kind)) return [];
  if (!takeWords(cursor, "column") && !takeWords(cursor, "attribute") && UNNAMED.has(peekWord(cursor))) return [];
  return named("create", "column", cursor, of);
}

function named(
  action: StatementEffect["action"],
  kind: ObjectKind,
  cursor: TokenCursor,
  of: ObjectName,
): readonly StatementEffect[] {
  const conditional = takeWords(cursor, "if", "not", "exists") || takeWords(cursor, "if", "exists");
  const name = takeName(cursor);
  return name === undefined ? [] : [effect(action, { kind, name, of }, { conditional })];
}

function partitionEffect(action: "create" | "drop", cursor: TokenCursor, of: ObjectName): readonly StatementEffect[] {
  const name = takeName(cursor);
  if (name === undefined) return [];
  const concurrently = takeWords(cursor, "concurrently");
  return [effect(action, { kind: "partition", name, of }, { concurrently })];
}

function renameEffects(cursor: TokenCursor, object: CatalogObject): readonly StatementEffect[] {
  const of = object.name;
  if (takeWords(cursor, "to")) {
    const name = takeName(cursor);
    if (name === undefined) return [];
    return moved(object, of.schema === undefined ? name : { schema: of.schema, name: name.name });
  }
  const takePart = object.kind === "type" && takeWords(cursor, "value") ? takeLabel : takeName;
  const kind = takePart === takeLabel ? "enum value" : takeWords(cursor, "constraint") ? "constraint" : "column";
  if (kind === "column" && !takeWords(cursor, "column")) takeWords(cursor, "attribute");
  const name = takePart(cursor);
  if (name === undefined || !takeWords(cursor, "to")) return [];
  const renamed = takePart(cursor);
  return renamed === undefined ? [] : moved({ kind, name, of }, renamed);
}

function moved(object: CatalogObject, name: ObjectName): readonly StatementEffect[] {
  return [effect("drop", object), effect("create", { ...object, name })];
}

/** A value of an enum: a string without escapes. */
function takeLabel(cursor: TokenCursor): ObjectName | undefined {
  const text = peekText(cursor);
  if (!text.startsWith("'")) return undefined;
  cursor.at++;
  return { name: text.slice(1, -1).replaceAll("''", "'") };
}
