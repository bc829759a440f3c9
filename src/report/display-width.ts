const ascii = /^[\u0020-\u007e]*$/u;
const invisible = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const wide =
  /^[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]$/u;
// oxlint-disable-next-line no-control-regex
const colours = /\u001b\[[0-9;]*m/gu;

/** How many columns of a terminal a text takes; colours take none, East Asian characters two. */
export function displayWidth(text: string): number {
  const visible = text.replace(colours, "");
  if (ascii.test(visible)) return visible.length;
  let width = 0;
  for (const character of visible) {
    if (invisible.test(character)) continue;
    width += wide.test(character) ? 2 : 1;
  }
  return width;
}

/** Fills a text up with blanks to a width in columns. */
export function padDisplay(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

/** Cuts a text without colours to a width in columns, with an ellipsis where something is missing. */
export function fitDisplay(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let fitted = "";
  for (const character of text) {
    if (displayWidth(fitted + character) > width - 1) break;
    fitted += character;
  }
  return `${fitted}…`;
}
