import type { View } from "./view.ts";

/** The hash of the log's newest event, to be kept elsewhere. */
export function headLine(head: string, { style }: Pick<View, "style">): string {
  return style("faint", `log head ${head}`);
}
