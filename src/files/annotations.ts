import { parseDirective } from "./directives.ts";
import type { DirectiveValue } from "./directives.ts";
import { suggest } from "./suggest.ts";

/** What a `-- +goose` line says. */
export type AnnotationKind =
  | "Up"
  | "Down"
  | "StatementBegin"
  | "StatementEnd"
  | "NO TRANSACTION"
  | "ENVSUB ON"
  | "ENVSUB OFF";

/** A line that is an annotation or a directive, unless it turns out to stand inside a literal or a comment. */
export interface AnnotationLine {
  /** UTF-16 offset of the line's first character, and of the first one after its line end. */
  readonly start: number;
  readonly end: number;
  /** UTF-16 offset of its `--`. */
  readonly dashes: number;
  readonly says:
    | { readonly kind: AnnotationKind }
    | { readonly kind: "directive"; readonly directive: DirectiveValue }
    | InvalidLine;
}

interface InvalidLine {
  readonly kind: "invalid";
  /** What it would be if it began at the start of its line. */
  readonly meant?: AnnotationKind;
  readonly message: string;
  readonly hint: string;
}

const KINDS: readonly AnnotationKind[] = [
  "Up",
  "Down",
  "StatementBegin",
  "StatementEnd",
  "NO TRANSACTION",
  "ENVSUB ON",
  "ENVSUB OFF",
];
const BY_NAME = new Map<string, AnnotationKind>(KINDS.map((kind) => [kind.toUpperCase(), kind]));
/** The spelling that nearly all files have. */
const USUAL = new Map(KINDS.map((kind) => [`-- +goose ${kind}`, { kind }]));
const ALL = KINDS.map((kind) => `-- +goose ${kind}`).join(", ");
const DIRECTIVE = /^--[ \t]*\+gander(?![A-Za-z0-9_])(.*)$/s;

/** Finds every line that reads like an annotation (`-- +goose`) or a directive (`-- +gander`), in order. */
export function findAnnotations(text: string): readonly AnnotationLine[] {
  const lines: AnnotationLine[] = [];
  let goose = text.indexOf("+goose");
  let gander = text.indexOf("+gander");
  while (goose >= 0 || gander >= 0) {
    const mark = gander < 0 || (goose >= 0 && goose < gander) ? goose : gander;
    const start = text.lastIndexOf("\n", mark) + 1;
    const lineEnd = text.indexOf("\n", mark);
    const end = lineEnd < 0 ? text.length : lineEnd + 1;
    const line = readLine(text, start, end);
    if (line !== undefined) lines.push(line);
    if (goose >= 0 && goose < end) goose = text.indexOf("+goose", end);
    if (gander >= 0 && gander < end) gander = text.indexOf("+gander", end);
  }
  return lines;
}

function readLine(text: string, start: number, end: number): AnnotationLine | undefined {
  const usual = USUAL.get(text.slice(start, text.charCodeAt(end - 1) === 10 ? end - 1 : end));
  if (usual !== undefined) return { start, end, dashes: start, says: usual };
  const line = text.slice(start, end);
  const trimmed = line.trim();
  if (!trimmed.startsWith("--")) return undefined;
  const place = { start, end, dashes: start + line.indexOf("--") };
  if (trimmed.includes("+goose")) return { ...place, says: readAnnotation(line, trimmed) };
  const directive = DIRECTIVE.exec(trimmed);
  if (directive === null) return undefined;
  return { ...place, says: parseDirective((directive[1] ?? "").trim()) };
}

function readAnnotation(line: string, trimmed: string): AnnotationLine["says"] {
  const words = trimmed.replaceAll("--", "").replace("+goose", "").trim();
  const kind = BY_NAME.get(words.toUpperCase());
  if (kind !== undefined && /^[ \t]/.test(line)) {
    return {
      kind: "invalid",
      meant: kind,
      message: `the annotation -- +goose ${kind} does not begin at the start of its line`,
      hint: "remove the blanks before the two dashes",
    };
  }
  if (kind !== undefined) return { kind };
  if (words.includes("+goose")) return invalid("the line has +goose twice", "one annotation a line");
  if (words.includes("\r")) {
    return invalid(
      "the annotation's line does not end where it should",
      "the file has line ends of CR alone: save it with LF or CRLF",
    );
  }
  if (words === "") return invalid("-- +goose says nothing", `expected one of ${ALL}`);
  const shown = words.length > 40 ? `${words.slice(0, 40)}…` : words;
  return invalid(`-- +goose ${shown} is not an annotation`, annotationHint(words));
}

function annotationHint(words: string): string {
  const plain = words.replace(/[\s_-]+/g, " ");
  const begun = KINDS.find(
    (kind) => plain.toUpperCase().startsWith(kind.toUpperCase()) && /^[^A-Za-z]/.test(plain.slice(kind.length)),
  );
  const close = begun ?? suggest(plain, KINDS);
  if (begun !== undefined && plain.length > begun.length) {
    return `did you mean -- +goose ${begun}? Nothing may follow it on its line`;
  }
  return close === undefined ? `expected one of ${ALL}` : `did you mean -- +goose ${close}?`;
}

function invalid(message: string, hint: string): AnnotationLine["says"] {
  return { kind: "invalid", message, hint };
}
