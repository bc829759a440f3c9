import { Token } from "../../files/lexer.ts";
import { splitStatements } from "../../files/split-statements.ts";
import { readTokens, type TokenRange } from "../../files/token-walk.ts";
import { adviseOnCommand, COMMANDS } from "./commands.ts";
import { type FailedStatement, quotedNames, refusedSql } from "./failed-statement.ts";
import { adviseOnForeignSql } from "./foreign-sql.ts";
import { RESERVED } from "./names.ts";

/** 42601: what PostgreSQL cannot read, where the mistake is a known one. */
export function adviseOnSyntax(failed: FailedStatement): string | undefined {
  const sql = refusedSql(failed);
  if (/more target columns than expressions|more expressions than target columns/.test(failed.fields.message)) {
    return "INSERT names another number of columns than it gives values: make them the same.";
  }
  const near = quotedNames(failed.fields.message)[0];
  for (const { start, end } of splitStatements(sql)) {
    const text = sql.slice(start, end);
    // Of several statements sent together the mistake is in one that has the word.
    if (near !== undefined && !text.includes(near)) continue;
    const advice = adviseOnStatement(text, near);
    if (advice !== undefined) return advice;
  }
  return undefined;
}

function adviseOnStatement(sql: string, near: string | undefined): string | undefined {
  const tokens = readTokens(sql);
  const words = tokens.map((token) => textOf(sql, token));
  const [first, second] = tokens;
  if (first?.kind === Token.word) {
    const advice = adviseOnCommand(words[0] ?? "", second?.kind === Token.word ? (words[1] ?? "") : "");
    if (advice !== undefined) return advice;
  }
  return (
    adviseOnForeignSql(words.join(" ")) ??
    (near === undefined ? adviseOnEnd(tokens) : adviseOnWord(sql, tokens, words, near))
  );
}

/** A token as it matters for a form: a text has no content. */
function textOf(sql: string, { kind, start, end }: TokenRange): string {
  switch (kind) {
    case Token.string:
    case Token.stringPart:
    case Token.dollarString:
      return "''";
    default:
      return sql.slice(start, end);
  }
}

function adviseOnEnd(tokens: readonly TokenRange[]): string | undefined {
  const count = (kind: number): number => tokens.filter((token) => token.kind === kind).length;
  const open = count(Token.open) - count(Token.close);
  if (open > 0) return `${open === 1 ? "A parenthesis is" : `${open} parentheses are`} not closed.`;
  return "The statement ends too early: something is missing before its semicolon.";
}

/** Words that begin a constraint: in a list of columns they are no names. */
const CONSTRAINTS: ReadonlySet<string> = new Set(
  "constraint primary unique check foreign not null default references".split(" "),
);

function adviseOnWord(
  sql: string,
  tokens: readonly TokenRange[],
  words: readonly string[],
  near: string,
): string | undefined {
  const word = near.toLowerCase();
  if (near === ";") return adviseOnEnd(tokens);
  const places = words.flatMap((text, index) => (index > 0 && text === near ? index : []));
  for (const index of places) {
    const before = (words[index - 1] ?? "").toLowerCase();
    const isName =
      /^(?:table|column|exists|add|to|into|update|from|join|only|on|references|by|set|and|where|index|type|view|as|[(,.])$/.test(
        before,
      );
    if (isName && RESERVED.has(word) && !CONSTRAINTS.has(word)) {
      return `${word} is a reserved word. As a name it needs double quotes wherever it stands: "${word}"; better, take another name.`;
    }
    const beginsLine = sql.slice(tokens[index - 1]?.end ?? 0, tokens[index]?.start ?? 0).includes("\n");
    if (COMMANDS.includes(word) && (beginsLine || !isName)) {
      return `A statement may begin at ${near}: is a semicolon missing before it?`;
    }
    if (/^create$/i.test(words[0] ?? "") && tokens[index]?.kind === Token.word && beginsLine) {
      return `Is a comma missing before ${near}?`;
    }
  }
  if (near === ")") return "Something is missing before the closing parenthesis, or it is one too many.";
  return undefined;
}
