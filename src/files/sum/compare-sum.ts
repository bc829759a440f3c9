import { parseFileName } from "../file-name.ts";
import { type SumLine, type SummedFile, sumLine } from "./sum-line.ts";

/**
 * One way in which a sum and the files differ.
 *
 * - `changed`: the file's text is not the one that its line was made of.
 * - `added`: the file has no line. `gone`: the line has no file. `renamed`: both, and it is the same text.
 * - `moved`: the line stands after one of a greater version (`other`). `twice`: another line has the same name.
 * - `chain`: all files are there as they were, and the line was made after another one.
 */
export interface SumDifference {
  readonly kind: "changed" | "added" | "gone" | "renamed" | "moved" | "twice" | "chain";
  /** The file's name; for `renamed` the new one. */
  readonly name: string;
  /** Of the sum's line; undefined for `added`. */
  readonly line: number | undefined;
  /** For `renamed` the old name, for `moved` the name in the line before. */
  readonly other?: string;
}

/** So many lines above one are tried as the one that it was made after. */
const NEARBY = 50;

/** Finds how a sum and the files of its folder differ; nothing means that they agree. */
export function compareSum(lines: readonly SumLine[], files: readonly SummedFile[]): readonly SumDifference[] {
  const found: SumDifference[] = [];
  const unchained: SumDifference[] = [];
  const byName = new Map(files.map((file) => [file.name, file]));
  let places: ReadonlyMap<string, readonly string[]> | undefined;
  const seen = new Set<string>();
  const added = new Map(byName);
  for (const { name } of lines) added.delete(name);
  for (const [index, line] of lines.entries()) {
    const { name, number } = line;
    const before = lines[index - 1];
    if (seen.has(name)) {
      found.push({ kind: "twice", name, line: number });
      continue;
    }
    seen.add(name);
    if (before !== undefined && isAfter(before.name, name)) {
      found.push({ kind: "moved", name, line: number, other: before.name });
    }
    const file = byName.get(name);
    const isOf = (text: string, above: string): boolean => sumLine(above, name, text) === line.text;
    if (file === undefined) {
      const renamed = [...added.values()].find(({ text }) => isOf(text, before?.text ?? ""));
      if (renamed === undefined) found.push({ kind: "gone", name, line: number });
      else found.push({ kind: "renamed", name: renamed.name, line: number, other: name });
      if (renamed !== undefined) added.delete(renamed.name);
      continue;
    }
    if (isOf(file.text, before?.text ?? "")) continue;
    places ??= placesInOrder(lines, files);
    const nearby = lines.slice(Math.max(0, index - NEARBY), index).map(({ text }) => text);
    const asItWas = [...(places.get(name) ?? []), ...nearby, ""].some((above) => isOf(file.text, above));
    (asItWas ? unchained : found).push({ kind: asItWas ? "chain" : "changed", name, line: number });
  }
  for (const { name } of added.values()) found.push({ kind: "added", name, line: undefined });
  return found.length > 0 ? found : unchained;
}

/**
 * What may have stood above each file's line when that was made: with every line as the files have it, or with the sum's
 * own lines and those of the files that it lacks. A line that was lost or moved is not held against the one after it.
 */
function placesInOrder(
  lines: readonly SumLine[],
  files: readonly SummedFile[],
): ReadonlyMap<string, readonly string[]> {
  const recorded = new Map(lines.map(({ name, text }) => [name, text]));
  const places = new Map<string, readonly string[]>();
  let made = "";
  let kept = "";
  for (const { name, text } of files) {
    places.set(name, [made, kept]);
    made = sumLine(made, name, text);
    kept = recorded.get(name) ?? sumLine(kept, name, text);
  }
  return places;
}

function isAfter(left: string, right: string): boolean {
  const [a, b] = [parseFileName(left), parseFileName(right)];
  if (!("version" in a) || !("version" in b)) return false;
  return a.version > b.version || (a.version === b.version && left > right);
}
