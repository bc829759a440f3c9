import { characterClass, DIGIT, FREE_OPERATOR, OPERATOR } from "./character-class.ts";

/** Where a `--` comment ends, whose text begins at `from`: before the line end. */
export function endOfLineComment(text: string, from: number, limit: number): number {
  let i = from;
  while (i < limit) {
    const code = text.charCodeAt(i);
    if (code === 10 || code === 13) break;
    i++;
  }
  return i;
}

/** Where a block comment ends, whose text begins at `from`; comments nest. -1: it does not end. */
export function endOfBlockComment(text: string, from: number, limit: number): number {
  let depth = 1;
  for (let i = from; i + 1 < limit; i++) {
    const code = text.charCodeAt(i);
    if (code === 42 && text.charCodeAt(i + 1) === 47) {
      i++;
      if (--depth === 0) return i + 1;
    } else if (code === 47 && text.charCodeAt(i + 1) === 42) {
      i++;
      depth++;
    }
  }
  return -1;
}

/** Where a text in quotes ends, whose body begins at `from`; a doubled quote stands for itself. -1: it does not end. */
export function endOfQuoted(text: string, from: number, limit: number, quote: string): number {
  let i = from;
  for (;;) {
    const close = text.indexOf(quote, i);
    if (close < 0 || close >= limit) return -1;
    if (close + 1 >= limit || text.charCodeAt(close + 1) !== quote.charCodeAt(0)) return close + 1;
    i = close + 2;
  }
}

/** Where a number ends that begins at `start`. */
export function endOfNumber(text: string, start: number, limit: number): number {
  const isDigit = (i: number): boolean => i < limit && (characterClass(text.charCodeAt(i)) & DIGIT) !== 0;
  const digits = (from: number): number => {
    let i = from;
    while (isDigit(i) || (i > from && i < limit && text.charCodeAt(i) === 95 && isDigit(i + 1))) i++;
    return i;
  };
  if (text.charCodeAt(start) === 48 && start + 1 < limit) {
    const end = endOfRadixNumber(text, start, limit);
    if (end > 0) return end;
  }
  let i = digits(start);
  // `1..10` is a range: the first dot is not the number's.
  if (i < limit && text.charCodeAt(i) === 46 && (i + 1 >= limit || text.charCodeAt(i + 1) !== 46)) i = digits(i + 1);
  if (i < limit && (text.charCodeAt(i) | 32) === 101) {
    const sign = i + 1 < limit ? text.charCodeAt(i + 1) : 0;
    const exponent = sign === 43 || sign === 45 ? i + 2 : i + 1;
    if (isDigit(exponent)) i = digits(exponent);
  }
  return i;
}

/** Where `0x…`, `0o…` or `0b…` ends; -1 where the number is not of that form. */
function endOfRadixNumber(text: string, start: number, limit: number): number {
  const letter = text.charCodeAt(start + 1) | 32;
  const highest = letter === 120 ? 16 : letter === 111 ? 8 : letter === 98 ? 2 : 0;
  if (highest === 0) return -1;
  const isDigit = (i: number): boolean => {
    if (i >= limit) return false;
    const code = text.charCodeAt(i);
    const value = code >= 48 && code <= 57 ? code - 48 : code >= 65 && code <= 102 ? (code | 32) - 87 : 99;
    return value >= 0 && value < highest;
  };
  let i = start + 2;
  while (isDigit(i) || (i < limit && text.charCodeAt(i) === 95 && isDigit(i + 1))) i++;
  return i > start + 2 ? i : -1;
}

/**
 * Where an operator ends that begins at `start`: before a comment, and, as in PostgreSQL, without trailing `+` and `-`
 * unless it has a character that no SQL operator has.
 */
export function endOfOperator(text: string, start: number, limit: number): number {
  let end = start;
  let free = 0;
  while (end < limit) {
    const code = text.charCodeAt(end);
    const bits = characterClass(code);
    if ((bits & OPERATOR) === 0) break;
    if (code === 45 && text.charCodeAt(end + 1) === 45 && end > start) break;
    if (code === 47 && text.charCodeAt(end + 1) === 42 && end > start) break;
    free |= bits & FREE_OPERATOR;
    end++;
  }
  if (free === 0) {
    while (end > start + 1) {
      const last = text.charCodeAt(end - 1);
      if (last !== 43 && last !== 45) break;
      end--;
    }
  }
  return end;
}
