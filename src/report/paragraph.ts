import { displayWidth } from "./display-width.ts";

/** Text broken into lines at blanks, each begun with an indent; what is already a line of its own stays one. */
export function paragraph(text: string, width: number, indent = ""): string[] {
  return text
    .split("\n")
    .flatMap((line) => wrapped(line, width - indent.length).map((part) => (indent + part).trimEnd()));
}

function wrapped(line: string, width: number): string[] {
  // Lines that are set in (commands, SQL) are meant to be copied, and stay whole.
  if (displayWidth(line) <= width || /^\s/u.test(line)) return [line];
  const lines: string[] = [];
  let current = "";
  for (const word of line.split(" ")) {
    if (current !== "" && displayWidth(current) + 1 + displayWidth(word) > width) {
      lines.push(current);
      current = word;
    } else {
      current = current === "" ? word : `${current} ${word}`;
    }
  }
  return [...lines, current];
}
