import type { Excerpt } from "../run/migration-failed-error.ts";
import { displayWidth } from "./display-width.ts";
import { printable } from "./printable.ts";
import type { View } from "./view.ts";

// A minified line of 10,000 characters would bury the caret.
const mostOfALine = 160;

/** The lines with their numbers, the faulty one marked, a caret under the place. */
export function renderExcerpt(excerpt: Excerpt, { style }: View): string[] {
  const last = excerpt.firstLine + excerpt.lines.length - 1;
  const gutter = last.toString().length;
  return excerpt.lines.flatMap((text, index) => {
    const number = excerpt.firstLine + index;
    const label = number.toString().padStart(gutter);
    const faulty = number === excerpt.line;
    const window = faulty ? windowAround(text, excerpt.column) : windowAround(text, 1);
    const shown = printable(window.text).replaceAll("\t", "  ");
    if (!faulty) return [style("faint", `    ${label} | ${shown}`.trimEnd())];
    const marked = `  ${style("bad", ">")} ${label} | ${shown}`;
    const caret = " ".repeat(displayWidth(printable(window.before).replaceAll("\t", "  ")));
    return [marked, `    ${" ".repeat(gutter)} | ${caret}${style("bad", "^")}`];
  });
}

/** The part of a long line that has the column in it, and what of that part stands before the column. */
function windowAround(line: string, column: number): { text: string; before: string } {
  const characters = [...line];
  const at = Math.min(column - 1, characters.length);
  if (characters.length <= mostOfALine) return { text: line, before: characters.slice(0, at).join("") };
  const start = Math.max(0, Math.min(at - mostOfALine / 2, characters.length - mostOfALine));
  const cut = (from: number, to: number): string => characters.slice(from, to).join("");
  const lead = start > 0 ? "…" : "";
  const tail = start + mostOfALine < characters.length ? "…" : "";
  return { text: lead + cut(start, start + mostOfALine) + tail, before: lead + cut(start, at) };
}
