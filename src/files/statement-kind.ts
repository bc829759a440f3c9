import type { DroppedObject } from "./dropped-objects.ts";
import { droppedObjects } from "./dropped-objects.ts";
import { outsideTransactionKind } from "./outside-transaction.ts";
import { effectsOf } from "./parse-effects.ts";
import type { SessionState } from "./session-state.ts";
import { sessionStateOf } from "./session-state.ts";
import { splitStatements } from "./split-statements.ts";
import type { TokenCursor } from "./token-cursor.ts";
import { createCursor, peekText, peekWord, takeName, takeParentheses, takeWords } from "./token-cursor.ts";

/** What the text of one statement tells about running it. */
export interface StatementFacts {
  /** Its kind, where PostgreSQL refuses it in a transaction block: `CREATE INDEX CONCURRENTLY`. */
  readonly outsideTransaction: string | undefined;
  /** The command that begins or ends a transaction: `COMMIT`. Savepoints are none. */
  readonly transactionControl: string | undefined;
  /** While it waits for a lock it blocks no reader and no writer: CONCURRENTLY, VACUUM, VALIDATE CONSTRAINT. */
  readonly waitsWithoutBlocking: boolean;
  readonly sessionState: readonly SessionState[];
  readonly drops: readonly DroppedObject[];
}

/** Describes one statement; of several, the first. */
export function describeStatement(sql: string): StatementFacts {
  const cursor = createCursor(sql);
  const ask = <T>(question: (cursor: TokenCursor) => T): T => {
    cursor.at = 0;
    return question(cursor);
  };
  const outsideTransaction = ask(outsideTransactionKind);
  return {
    outsideTransaction,
    transactionControl: ask(transactionControlOf),
    waitsWithoutBlocking:
      ask(effectsOf).some(({ concurrently }) => concurrently) || ask(isPlainVacuum) || ask(onlyValidates),
    sessionState: ask(sessionStateOf),
    drops: ask(droppedObjects),
  };
}

/** Describes each statement of a text, in order: for blocks. */
export function describeStatements(sql: string): readonly StatementFacts[] {
  return splitStatements(sql).map(({ start, end }) => describeStatement(sql.slice(start, end)));
}

function transactionControlOf(cursor: TokenCursor): string | undefined {
  const word = peekWord(cursor);
  switch (word) {
    case "begin":
    case "end":
    case "abort":
      return word.toUpperCase();
    case "commit":
      return peekWord(cursor, 1) === "prepared" ? undefined : "COMMIT";
    case "rollback": {
      cursor.at++;
      if (peekWord(cursor) === "work" || peekWord(cursor) === "transaction") cursor.at++;
      return peekWord(cursor) === "to" || peekWord(cursor) === "prepared" ? undefined : "ROLLBACK";
    }
    case "start":
      return peekWord(cursor, 1) === "transaction" ? "START TRANSACTION" : undefined;
    case "prepare":
      return peekWord(cursor, 1) === "transaction" ? "PREPARE TRANSACTION" : undefined;
    default:
      return undefined;
  }
}

/** VACUUM without FULL, which locks readers out. */
function isPlainVacuum(cursor: TokenCursor): boolean {
  if (!takeWords(cursor, "vacuum")) return false;
  const options = takeParentheses(cursor);
  return peekWord(cursor) !== "full" && !options.includes("full");
}

function onlyValidates(cursor: TokenCursor): boolean {
  if (!takeWords(cursor, "alter", "table")) return false;
  takeWords(cursor, "if", "exists");
  takeWords(cursor, "only");
  takeName(cursor);
  for (;;) {
    if (peekText(cursor) === "*") cursor.at++;
    if (!takeWords(cursor, "validate", "constraint") || takeName(cursor) === undefined) return false;
    if (peekText(cursor) !== ",") return true;
    cursor.at++;
  }
}
