import { Token } from "./lexer.ts";
import { nameOf } from "./object-name.ts";
import { effect, type StatementEffect } from "./statement-effect.ts";
import type { TokenCursor } from "./token-cursor.ts";
import { peekText, peekWord, takeName, takeWords } from "./token-cursor.ts";

/** What stands after CREATE [UNIQUE] INDEX. A new index is in the schema of its table; its own name has none. */
export function indexEffects(cursor: TokenCursor, unique: boolean): readonly StatementEffect[] {
  const concurrently = takeWords(cursor, "concurrently");
  const conditional = takeWords(cursor, "if", "not", "exists");
  const name = peekWord(cursor) === "on" ? undefined : takeName(cursor);
  takeWords(cursor, "on");
  takeWords(cursor, "only");
  const of = takeName(cursor);
  if (of === undefined) return [];
  if (peekText(cursor) === "*") cursor.at++;
  if (takeWords(cursor, "using")) takeName(cursor);
  const columns = takeKeys(cursor);
  const madeUp = { name: [of.name, ...(columns ?? ["expr"]), "idx"].join("_") };
  return [
    effect(
      "create",
      { kind: "index", name: name ?? madeUp, of },
      { concurrently, conditional, index: { named: name !== undefined, unique, columns } },
    ),
  ];
}

/** The columns between the parentheses that open next; undefined where one of them is more than a column. */
function takeKeys(cursor: TokenCursor): readonly string[] | undefined {
  if (cursor.tokens[cursor.at]?.kind !== Token.open) return undefined;
  cursor.at++;
  const columns: string[] = [];
  for (;;) {
    const column = nameOf(cursor.sql, cursor.tokens[cursor.at]);
    if (column === undefined) return undefined;
    columns.push(column);
    cursor.at++;
    // An operator class, COLLATE and the order may follow a column; a parenthesis makes it a function.
    while (peekText(cursor) !== "," && cursor.tokens[cursor.at]?.kind !== Token.close) {
      const kind = cursor.tokens[cursor.at]?.kind;
      if (kind !== Token.word && kind !== Token.quotedName && peekText(cursor) !== ".") return undefined;
      cursor.at++;
    }
    if (cursor.tokens[cursor.at]?.kind === Token.close) return columns;
    cursor.at++;
  }
}
