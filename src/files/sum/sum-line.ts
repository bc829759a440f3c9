import { hash } from "node:crypto";

/** The file in a migrations folder that says what the folder has to hold. */
export const SUM_NAME = "gander.sum";

/** A migration file as the sum sees it. */
export interface SummedFile {
  readonly version: bigint;
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/** A line of a sum; `number` starts at 1. */
export interface SumLine {
  readonly number: number;
  readonly text: string;
  readonly name: string;
}

/** A line that is none, and why. */
export interface BadLine {
  readonly number: number;
  readonly kind: "conflict" | "newer" | "malformed";
}

/**
 * The line of a file: its name, and a hash over the line before it, the name and the text with LF line ends and without a
 * byte-order mark. So a line that is added, changed or moved changes all that come after it.
 */
export function sumLine(before: string, name: string, text: string): string {
  const plain = text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  return `${writeName(name)} h1:${hash("sha256", `${before}\0${name}\0${plain}`, "base64")}`;
}

/** The whole sum of these files, which come by ascending version. */
export function renderSum(files: readonly SummedFile[]): string {
  let before = "";
  return files.map(({ name, text }) => `${(before = sumLine(before, name, text))}\n`).join("");
}

/** Reads a sum's lines, whatever their order; blank lines are left out. */
export function parseSum(text: string): { readonly lines: readonly SumLine[]; readonly bad: readonly BadLine[] } {
  const lines: SumLine[] = [];
  const bad: BadLine[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    const number = index + 1;
    if (line.trim() === "") continue;
    const [, name, kind] = /^(.+) (h\d+):(\S+)$/u.exec(line) ?? [];
    if (/^(<{7}|\|{7}|={7}|>{7})( |$)/.test(line)) bad.push({ number, kind: "conflict" });
    else if (name === undefined) bad.push({ number, kind: "malformed" });
    else if (kind !== "h1") bad.push({ number, kind: "newer" });
    else lines.push({ number, text: line, name: readName(name) });
  }
  return { lines, bad };
}

/** A name with a line end in it would be two lines. */
function writeName(name: string): string {
  return name.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
}

function readName(written: string): string {
  return written.replaceAll(/\\(.)/g, (_, letter: string) => ({ n: "\n", r: "\r" })[letter] ?? letter);
}
