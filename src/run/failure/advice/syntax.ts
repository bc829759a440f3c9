import { Token } from "../../../files/lexer.ts";
import { splitStatements } from "../../../files/split-statements.ts";
import { suggest } from "../../../files/suggest.ts";
import { readTokens, type TokenRange } from "../../../files/token-walk.ts";
import { wordsOf } from "./bare-sql.ts";
import { adviseOnCommand, COMMANDS } from "./commands.ts";
import { type FailedStatement, refusedSql } from "./failed-statement.ts";
import { adviseOnForeignSql } from "./foreign-sql.ts";
import { RESERVED } from "./names.ts";

/** 42601: what PostgreSQL cannot read, where the mistake is a known one. */
export function adviseOnSyntax(failed: FailedStatement): string | undefined {
  const sql = refusedSql(failed);
  if (/more target columns than expressions|more expressions than target columns/.test(failed.fields.message)) {
    return "INSERT names another number of columns than it gives values: make them the same.";
  }
  if (failed.fields.message.startsWith("unterminated quoted string")) {
    return "A quote is not closed. A quote that belongs to a text is written twice: 'it''s'.";
  }
  const near = / at or near "([\s\S]*)"$/.exec(failed.fields.message)?.[1];
  if (near === undefined && !failed.fields.message.endsWith("at end of input")) return undefined;
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
  const words = wordsOf(sql, tokens);
  const [first, second] = tokens;
  if (first?.kind === Token.word) {
    const advice = adviseOnCommand(words[0] ?? "", second?.kind === Token.word ? (words[1] ?? "") : "");
    if (advice !== undefined) return advice;
  }
  return (
    adviseOnForeignSql(words.join(" ")) ??
    (near === undefined || isEndOfBody(near, tokens) ? adviseOnEnd(tokens) : adviseOnWord(sql, tokens, words, near))
  );
}

/** PostgreSQL 13 names the END of a body where later ones tell the end of input. */
function isEndOfBody(near: string, tokens: readonly TokenRange[]): boolean {
  return near.toLowerCase() === "end" && tokens.some(({ kind }) => kind === Token.dollarString);
}

function adviseOnEnd(tokens: readonly TokenRange[]): string | undefined {
  if (tokens.some(({ kind }) => kind === Token.dollarString)) {
    return "In the body between the dollars a semicolon, or an END, may be missing.";
  }
  const open = openAt(tokens, tokens.length);
  if (open > 0) return `${open === 1 ? "A parenthesis is" : `${open} parentheses are`} not closed.`;
  return "The statement ends too early: something is missing before its semicolon.";
}

function openAt(tokens: readonly TokenRange[], end: number): number {
  const count = (kind: number): number => tokens.slice(0, end).filter((token) => token.kind === kind).length;
  return count(Token.open) - count(Token.close);
}

const split = (words: string): ReadonlySet<string> => new Set(words.split(" "));

/** Where a name may stand: after these. */
const BEFORE_NAME = split(
  "table column exists add to into update from join only on references by set and where index type view as ( , .",
);
/** Reserved words that begin something else where a name may stand. */
const NO_NAMES = split(
  "constraint primary unique check foreign not null default references select with using from where",
);
/** Words that are mistyped often, beside those that begin statements. */
const KEYWORDS =
  "from where values into table column cascade restrict default references primary unique constraint foreign index exists rename returning order group having limit function procedure trigger execute return returns language concurrently varchar integer timestamp boolean".split(
    " ",
  );

function adviseOnWord(
  sql: string,
  tokens: readonly TokenRange[],
  words: readonly string[],
  near: string,
): string | undefined {
  const word = near.toLowerCase();
  if (near === ";") return adviseOnEnd(tokens);
  for (const [index, text] of words.entries()) {
    if (index === 0 || text !== near) continue;
    const before = (words[index - 1] ?? "").toLowerCase();
    if (BEFORE_NAME.has(before) && RESERVED.has(word) && !NO_NAMES.has(word)) {
      return `${word} is a reserved word. As a name it needs double quotes wherever it stands: "${word}"; better, take another name.`;
    }
    if (near === "-" && tokens[index - 1]?.kind === Token.word && tokens[index + 1]?.kind === Token.word) {
      const name = `${words[index - 1]}-${words[index + 1]}`;
      return `A name with a hyphen needs double quotes wherever it stands: "${name}"; better, write an underscore.`;
    }
    const beginsLine = sql.slice(tokens[index - 1]?.end ?? 0, tokens[index]?.start ?? 0).includes("\n");
    if (beginsLine && COMMANDS.includes(word) && openAt(tokens, index) === 0) {
      return `A statement may begin at ${near}: is a semicolon missing before it?`;
    }
    if (beginsLine && /^create$/i.test(words[0] ?? "") && tokens[index]?.kind === Token.word) {
      return `Is a comma missing before ${near}?`;
    }
  }
  if (/^[a-z_]{3,}$/i.test(near) && !RESERVED.has(word) && !KEYWORDS.includes(word) && !COMMANDS.includes(word)) {
    const meant = suggest(near, KEYWORDS);
    if (meant !== undefined) return `Is ${meant.toUpperCase()} meant instead of ${near}?`;
  }
  if (openAt(tokens, tokens.length) > 0) return adviseOnEnd(tokens);
  if (near === ")") return "Something is missing before the closing parenthesis, or it is one too many.";
  return undefined;
}
