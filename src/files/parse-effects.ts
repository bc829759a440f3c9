import { alterEffects } from "./alter-effect.ts";
import { createEffects, dropEffects } from "./create-effect.ts";
import { splitStatements } from "./split-statements.ts";
import { effect, type StatementEffect } from "./statement-effect.ts";
import type { TokenCursor } from "./token-cursor.ts";
import { createCursor, peekWord, takeName, takeParentheses, takeWords } from "./token-cursor.ts";

/** What the statements of a text create and drop, in order; what a DO block or a function does is not seen. */
export function parseEffects(sql: string): readonly StatementEffect[] {
  return splitStatements(sql).flatMap(({ start, end }) => effectsOf(createCursor(sql.slice(start, end))));
}

/** What one statement creates and drops. */
export function effectsOf(cursor: TokenCursor): readonly StatementEffect[] {
  if (takeWords(cursor, "create")) return createEffects(cursor);
  if (takeWords(cursor, "drop")) return dropEffects(cursor);
  if (takeWords(cursor, "alter")) return alterEffects(cursor);
  return takeWords(cursor, "reindex") ? rebuildEffects(cursor) : [];
}

function rebuildEffects(cursor: TokenCursor): readonly StatementEffect[] {
  const options = takeParentheses(cursor);
  const off = ["false", "off", "0"].includes(options[options.indexOf("concurrently") + 1] ?? "");
  const kind = (["index", "table", "schema", "database"] as const).find((one) => one === peekWord(cursor));
  if (kind === undefined) return [];
  cursor.at++;
  const concurrently = takeWords(cursor, "concurrently") || (options.includes("concurrently") && !off);
  const name = takeName(cursor);
  return name === undefined ? [] : [effect("rebuild", { kind, name }, { concurrently })];
}
