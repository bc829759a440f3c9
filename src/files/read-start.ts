import type { Parser } from "./migration-parser.ts";
import { addProblem, takeAnywhere } from "./migration-parser.ts";

const TOOLS: readonly (readonly [RegExp, string])[] = [
  [/^--\s*migrate:up/m, "dbmate"],
  [/^--\s*\+migrate\s+Up/im, "sql-migrate"],
  [/^--\s*rambler up/im, "rambler"],
  [/^---- create above \/ drop below ----/m, "tern"],
];

/** Reads what stands before `-- +goose Up` and leaves the lexer after that line; false where the file has no such line. */
export function readStart(parser: Parser): boolean {
  const { lexer, view } = parser;
  const { text } = view;
  const nul = text.indexOf("\0");
  if (nul >= 0) {
    addProblem(parser, nul, "the file holds a NUL character, which no SQL has", "save it as text in UTF-8");
    return false;
  }
  for (let line = parser.annotations[parser.next]; line !== undefined; line = parser.annotations[parser.next]) {
    const clean = refuseText(parser, lexer.position, line.start);
    lexer.position = line.end;
    parser.next++;
    if (line.says.kind === "Up") {
      parser.section = "up";
      parser.leftOut = [];
      return true;
    }
    if (takeAnywhere(parser, line)) continue;
    if (clean && parser.problems.length === 0) {
      addProblem(
        parser,
        line.dashes,
        `-- +goose ${line.says.kind} stands before -- +goose Up`,
        "a file begins with -- +goose Up",
      );
    }
  }
  if (parser.problems.length === 0 && refuseText(parser, lexer.position, text.length)) {
    const message = text.trim() === "" ? "the file is empty" : "the file has only comments";
    addProblem(parser, 0, message, "a file begins with -- +goose Up; gander create makes one");
  }
  return false;
}

/** Refuses anything but `--` comments and blank lines before Up; true where there is nothing else. */
function refuseText(parser: Parser, from: number, to: number): boolean {
  const { text } = parser.view;
  if (parser.problems.length > 0) return false;
  for (let start = from; start < to;) {
    const lineEnd = text.indexOf("\n", start);
    const end = lineEnd < 0 || lineEnd >= to ? to : lineEnd + 1;
    const line = text.slice(start, end);
    const trimmed = line.trim();
    if (trimmed !== "" && !trimmed.startsWith("--")) {
      addProblem(parser, start + line.indexOf(trimmed), "expected -- +goose Up before this", upHint(parser));
      return false;
    }
    start = end;
  }
  return true;
}

function upHint(parser: Parser): string {
  const { text } = parser.view;
  if (parser.annotations.some((line) => line.says.kind === "Up"))
    return "only -- comments may stand before -- +goose Up";
  const tool = TOOLS.find(([sign]) => sign.test(text));
  if (tool !== undefined) {
    return `the file is in the format of ${tool[1]}: put -- +goose Up and -- +goose Down in place of its own marks`;
  }
  if (/\.(up|down)\.sql$/.test(parser.path)) {
    return "golang-migrate keeps Up and Down in two files: join them into one, with -- +goose Up and -- +goose Down before each part";
  }
  return "put the line -- +goose Up before the first statement";
}
