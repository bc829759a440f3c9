/** Bits that say what an ASCII character can be in PostgreSQL's lexical structure. */
export const WORD_START = 1;
export const WORD_PART = 2;
export const DIGIT = 4;
export const OPERATOR = 8;
/** An operator with one of these may end in `+` or `-`. */
export const FREE_OPERATOR = 16;

function classTable(): Uint8Array {
  const table = new Uint8Array(128);
  const mark = (characters: string, bits: number): void => {
    for (let i = 0; i < characters.length; i++) {
      const code = characters.charCodeAt(i);
      table[code] = (table[code] ?? 0) | bits;
    }
  };
  mark("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_", WORD_START | WORD_PART);
  mark("0123456789", WORD_PART | DIGIT);
  mark("$", WORD_PART);
  mark("~!@#^&|`?+-*/%<>=", OPERATOR);
  mark("~!@#^&|`?%", FREE_OPERATOR);
  return table;
}

const CLASSES = classTable();

/** The bits of a UTF-16 code unit; PostgreSQL takes everything beyond ASCII for a letter. */
export function characterClass(code: number): number {
  return code < 128 ? (CLASSES[code] as number) : code >= 128 ? WORD_START | WORD_PART : 0;
}
