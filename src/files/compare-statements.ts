import type { Statement } from "./migration.ts";
import { readTokens } from "./token-walk.ts";

/** How a statement that has run differs from the file as it is now. */
export interface StatementChange {
  readonly change: "changed" | "removed" | "inserted";
  /** 1-based: of the text that ran, for an inserted one of the file as it is now. */
  readonly statement: number;
}

/** How the statements that have run compare with those of the file now. */
export interface Comparison {
  /** Empty where they are the same: then the file can be gone on with at the statement after them. */
  readonly ran: readonly StatementChange[];
  /** The statement after them, or one of those that follow, is not what it was. */
  readonly restChanged: boolean;
}

/** Holds the text that ran against the file now, by tokens: comments, white space and line ends say nothing. */
export function compareStatements(before: readonly Statement[], now: readonly Statement[], done: number): Comparison {
  const old = before.map(keyOf);
  const current = now.map(keyOf);
  const same = (from: number, to: number): boolean =>
    old.slice(from, to).every((key, at) => key === current[from + at]);
  if (same(0, done)) return { ran: [], restChanged: old.length !== current.length || !same(done, old.length) };
  return { ran: describeChanges(old, current, done), restChanged: true };
}

function keyOf({ text }: Statement): string {
  const plain = text.replaceAll("\r\n", "\n");
  return readTokens(plain)
    .map(({ kind, start, end }) => `${kind} ${plain.slice(start, end)}`)
    .join("\0");
}

/** Lays both lists side by side so that most statements meet their like; where one meets none on both sides, it was changed. */
function describeChanges(old: readonly string[], now: readonly string[], done: number): readonly StatementChange[] {
  const changes: StatementChange[] = [];
  const lengths = commonLengths(old, now);
  const common = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = 0, j = 0; i < done;) {
    if (j < now.length && old[i] === now[j]) {
      i++;
      j++;
    } else if (j < now.length && common(i + 1, j + 1) === common(i, j)) {
      changes.push({ change: "changed", statement: ++i });
      j++;
    } else if (j < now.length && common(i, j + 1) >= common(i + 1, j)) {
      changes.push({ change: "inserted", statement: ++j });
    } else {
      changes.push({ change: "removed", statement: ++i });
    }
  }
  return changes;
}

/** At [i][j]: how many statements the lists from i and from j on have in common, in order. */
function commonLengths(old: readonly string[], now: readonly string[]): readonly (readonly number[])[] {
  const lengths = Array.from({ length: old.length + 1 }, () => Array.from({ length: now.length + 1 }, () => 0));
  for (let i = old.length - 1; i >= 0; i--) {
    const [row, next] = [lengths[i] as number[], lengths[i + 1] as number[]];
    for (let j = now.length - 1; j >= 0; j--) {
      row[j] = old[i] === now[j] ? (next[j + 1] ?? 0) + 1 : Math.max(next[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return lengths;
}
