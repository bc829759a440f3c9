import { hash } from "node:crypto";
import type { AnnotationLine } from "./annotations.ts";
import type { Lexer } from "./lexer.ts";
import { Token } from "./lexer.ts";

/** What the checksum knows of a file beside its tokens. Bytes that no encoded character has. */
export const Mark = {
  token: 0xf6,
  stringPart: 0xf7,
  up: 0xf8,
  down: 0xf9,
  blockBegin: 0xfa,
  blockEnd: 0xfb,
  substitutionOn: 0xfc,
  substitutionOff: 0xfd,
  transaction: 0xfe,
  noTransaction: 0xff,
} as const;

/** A line after which variables are replaced, or no longer; offsets in the text that is lexed. */
interface Toggle {
  readonly start: number;
  readonly end: number;
  readonly on: boolean;
}

/** Collects what a file's checksum is made of, token by token. */
export interface ChecksumWriter {
  bytes: Uint8Array;
  length: number;
  readonly toggles: readonly Toggle[];
  nextToggle: number;
  /** Whether variables are replaced here, and what was last written about it. */
  on: boolean;
  written: boolean;
}

/** Where all writers write: files are parsed one after another, and memory for each of thousands is dear. */
const scratch = new Uint8Array(65_536);

/** Creates a writer for a file with these annotations; it is of use until the next one is created. */
export function createChecksumWriter(annotations: readonly AnnotationLine[]): ChecksumWriter {
  const toggles: Toggle[] = [];
  for (const { start, end, says } of annotations) {
    if (says.kind === "ENVSUB ON" || says.kind === "ENVSUB OFF")
      toggles.push({ start, end, on: says.kind === "ENVSUB ON" });
  }
  return {
    bytes: scratch,
    length: 0,
    toggles,
    nextToggle: 0,
    on: false,
    written: false,
  };
}

/** Writes a section or a block boundary. */
export function writeMark(writer: ChecksumWriter, mark: number): void {
  reserve(writer, 1);
  writer.bytes[writer.length++] = mark;
}

/** Writes the token that the lexer has read, as it is written in the file; line ends inside it count as LF. */
export function writeToken(writer: ChecksumWriter, lexer: Lexer): void {
  const { text, start, end, kind } = lexer;
  let from = start;
  let mark: number = kind === Token.stringPart ? Mark.stringPart : Mark.token;
  for (let toggle = writer.toggles[writer.nextToggle]; toggle !== undefined && toggle.start < end;) {
    if (toggle.start > from) {
      writeText(writer, mark, text, from, toggle.start);
      mark = -1;
    }
    writer.on = toggle.on;
    from = Math.max(from, toggle.end);
    toggle = writer.toggles[++writer.nextToggle];
  }
  if (from < end) writeText(writer, mark, text, from, end);
}

function writeText(writer: ChecksumWriter, mark: number, text: string, from: number, to: number): void {
  reserve(writer, (to - from) * 3 + 2);
  const { bytes } = writer;
  let length = writer.length;
  if (writer.on !== writer.written) {
    bytes[length++] = writer.on ? Mark.substitutionOn : Mark.substitutionOff;
    writer.written = writer.on;
  }
  if (mark >= 0) bytes[length++] = mark;
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    if (code < 128) {
      if (code !== 13 || text.charCodeAt(i + 1) !== 10) bytes[length++] = code;
    } else {
      bytes[length++] = 0xe0 | (code >> 12);
      bytes[length++] = 0x80 | ((code >> 6) & 0x3f);
      bytes[length++] = 0x80 | (code & 0x3f);
    }
  }
  writer.length = length;
}

function reserve(writer: ChecksumWriter, more: number): void {
  if (writer.length + more <= writer.bytes.length) return;
  const bytes = new Uint8Array(Math.max(writer.bytes.length * 2, writer.length + more));
  bytes.set(writer.bytes.subarray(0, writer.length));
  writer.bytes = bytes;
}

/**
 * The checksum of what was written, 32 hex digits of SHA-256. Words count as they are written: `SELECT` is not `select`.
 */
export function finishChecksum(writer: ChecksumWriter, transaction: boolean): string {
  writeMark(writer, transaction ? Mark.transaction : Mark.noTransaction);
  return hash("sha256", writer.bytes.subarray(0, writer.length), "hex").slice(0, 32);
}
