import { Token } from "./lexer.ts";
import type { TokenCursor } from "./token-cursor.ts";
import { hasWord, peekText, peekWord, restOf, takeName, takeWords } from "./token-cursor.ts";

/** Something that outlives the statement's transaction in the session. */
export interface SessionState {
  readonly kind:
    | "set"
    | "reset"
    | "role"
    | "session-authorization"
    | "listen"
    | "prepare"
    | "temporary"
    | "cursor"
    | "load"
    | "discard"
    | "advisory-lock";
  /** The setting, or the object's name; in lower case where it is a setting. */
  readonly name?: string;
  /** The value as SQL: what stands after `=` or TO. */
  readonly value?: string;
}

/** What a statement changes in the session; what a DO block or a function does is not seen. */
export function sessionStateOf(cursor: TokenCursor): readonly SessionState[] {
  const { at } = cursor;
  const change = leadingChange(cursor);
  cursor.at = at;
  return change === undefined ? callsIn(cursor) : [change];
}

function leadingChange(cursor: TokenCursor): SessionState | undefined {
  if (takeWords(cursor, "set")) return afterSet(cursor);
  if (takeWords(cursor, "reset")) return afterReset(cursor);
  if (takeWords(cursor, "listen")) return named("listen", cursor);
  if (takeWords(cursor, "load")) return { kind: "load", value: restOf(cursor) };
  if (takeWords(cursor, "discard")) return { kind: "discard", name: peekWord(cursor) };
  if (peekWord(cursor) === "prepare" && peekWord(cursor, 1) !== "transaction") {
    cursor.at++;
    return named("prepare", cursor);
  }
  if (takeWords(cursor, "declare")) {
    const cursorName = named("cursor", cursor);
    while (cursor.at < cursor.tokens.length && peekWord(cursor) !== "for" && peekWord(cursor) !== "with") cursor.at++;
    return takeWords(cursor, "with", "hold") ? cursorName : undefined;
  }
  return takeWords(cursor, "create") ? afterCreate(cursor) : undefined;
}

function afterSet(cursor: TokenCursor): SessionState | undefined {
  const next = peekWord(cursor);
  if (next === "local" || next === "constraints" || next === "transaction") return undefined;
  if (takeWords(cursor, "session", "characteristics"))
    return { kind: "set", name: "session characteristics", value: restOf(cursor) };
  if (takeWords(cursor, "session", "authorization")) return { kind: "session-authorization", value: restOf(cursor) };
  takeWords(cursor, "session");
  if (takeWords(cursor, "role")) return { kind: "role", value: valueOf(cursor) };
  if (takeWords(cursor, "time", "zone")) return { kind: "set", name: "timezone", value: restOf(cursor) };
  if (takeWords(cursor, "names")) return { kind: "set", name: "client_encoding", value: restOf(cursor) };
  if (takeWords(cursor, "schema")) return { kind: "set", name: "search_path", value: restOf(cursor) };
  if (takeWords(cursor, "xml", "option")) return { kind: "set", name: "xmloption", value: restOf(cursor) };
  const name = takeName(cursor);
  return name && { kind: "set", name: settingName(name.schema, name.name), value: valueOf(cursor) };
}

function valueOf(cursor: TokenCursor): string {
  if (peekText(cursor) === "=" || peekWord(cursor) === "to") cursor.at++;
  return restOf(cursor);
}

function settingName(prefix: string | undefined, name: string): string {
  return (prefix === undefined ? name : `${prefix}.${name}`).toLowerCase();
}

function afterReset(cursor: TokenCursor): SessionState {
  if (takeWords(cursor, "role")) return { kind: "role", value: "NONE" };
  if (takeWords(cursor, "session", "authorization")) return { kind: "session-authorization", value: "DEFAULT" };
  if (takeWords(cursor, "time", "zone")) return { kind: "reset", name: "timezone" };
  const name = takeName(cursor);
  return name === undefined ? { kind: "reset" } : { kind: "reset", name: settingName(name.schema, name.name) };
}

function named(kind: SessionState["kind"], cursor: TokenCursor): SessionState {
  const name = takeName(cursor)?.name;
  return name === undefined ? { kind } : { kind, name };
}

function afterCreate(cursor: TokenCursor): SessionState | undefined {
  takeWords(cursor, "or", "replace");
  if (peekWord(cursor) === "global" || peekWord(cursor) === "local") cursor.at++;
  const temporary = takeWords(cursor, "temp") || takeWords(cursor, "temporary");
  takeWords(cursor, "recursive");
  if (!["table", "view", "sequence"].some((kind) => takeWords(cursor, kind))) return undefined;
  takeWords(cursor, "if", "not", "exists");
  const name = takeName(cursor);
  if (name === undefined || (!temporary && name.schema !== "pg_temp")) return undefined;
  return isDroppedOnCommit(cursor) ? undefined : { kind: "temporary", name: name.name };
}

function isDroppedOnCommit(cursor: TokenCursor): boolean {
  for (; cursor.at < cursor.tokens.length; cursor.at++) if (takeWords(cursor, "on", "commit", "drop")) return true;
  return false;
}

const SESSION_LOCK = /^pg_(?:try_)?advisory_lock(?:_shared)?$/;

/** Calls of set_config and of session-level advisory locks, and SELECT … INTO TEMP. */
function callsIn(cursor: TokenCursor): readonly SessionState[] {
  const changes: SessionState[] = [];
  const first = peekWord(cursor);
  const start = cursor.at;
  for (; cursor.at < cursor.tokens.length; cursor.at++) {
    const word = peekWord(cursor);
    if (SESSION_LOCK.test(word) && peekText(cursor, 1) === "(") changes.push({ kind: "advisory-lock", name: word });
    if (word === "set_config" && peekText(cursor, 1) === "(") {
      const change = setConfig(cursor);
      if (change !== undefined) changes.push(change);
    }
    if (word === "into" && (first === "select" || first === "with") && /^temp(orary)?$/.test(peekWord(cursor, 1))) {
      cursor.at += 2;
      takeWords(cursor, "table");
      if (!hasWord(cursor, "on")) changes.push(named("temporary", cursor));
    }
  }
  cursor.at = start;
  return changes;
}

/** What `set_config(name, value, is_local)` changes; nothing where it is local. */
function setConfig(cursor: TokenCursor): SessionState | undefined {
  const parts: string[] = [];
  let depth = 0;
  let from = -1;
  for (let i = cursor.at + 1; i < cursor.tokens.length; i++) {
    const token = cursor.tokens[i];
    if (token === undefined) break;
    if (token.kind === Token.open && depth++ === 0) from = token.end;
    if (token.kind === Token.close) depth--;
    const comma = depth === 1 && cursor.sql.slice(token.start, token.end) === ",";
    if (depth === 0 || comma) parts.push(cursor.sql.slice(from, token.start).trim());
    if (comma) from = token.end;
    if (depth === 0) break;
  }
  const [name = "", value = "", local = ""] = parts;
  if (/^(true|'t'|'true'|'on'|'yes'|'1')/i.test(local)) return undefined;
  const literal = /^E?'([^'\\]*)'/i.exec(name)?.[1];
  return { kind: "set", name: (literal ?? name).toLowerCase(), value };
}
