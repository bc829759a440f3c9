import { Token } from "../../files/lexer.ts";
import { splitStatements } from "../../files/split-statements.ts";
import { readTokens } from "../../files/token-walk.ts";

/**
 * Where in a statement the line of a DO block stands that the server's context names: 0-based, in code points of the SQL.
 * Such an error has no position of its own.
 */
export function offsetInBody(sql: string, index: number, where: string | undefined): number | undefined {
  // The outermost call comes last.
  const line = [...(where ?? "").matchAll(/inline_code_block"? (?:near )?line (\d+)/g)].at(-1)?.[1];
  const range = splitStatements(sql)[index];
  if (line === undefined || range === undefined) return undefined;
  const tokens = readTokens(sql, range.start, range.end);
  if (sql.slice(tokens[0]?.start, tokens[0]?.end).toLowerCase() !== "do") return undefined;
  const body = tokens.find(({ kind }) => kind === Token.dollarString);
  if (body === undefined) return undefined;
  // Line 1 is what follows the opening dollars.
  let at = sql.indexOf("$", body.start + 1) + 1;
  for (let number = 1; number < Number(line); number++) {
    at = sql.indexOf("\n", at) + 1;
    if (at === 0 || at >= body.end) return undefined;
  }
  while (/[ \t]/.test(sql[at] ?? "")) at++;
  return Array.from(sql.slice(0, at)).length;
}
