// Everything that a terminal could take as a command, or that could make a line read other than it is (bidirectional marks).
// oxlint-disable-next-line no-control-regex
const harmful = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** Text from a file name or a server, made harmless for a terminal; line feeds and tabs stay. */
export function printable(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(harmful, escaped);
}

/** The same for text that has to stay on one line. */
export function printableLine(text: string): string {
  return printable(text).replace(/[\n\t]+/gu, " ");
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
}
