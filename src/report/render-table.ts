import { displayWidth, padDisplay } from "./display-width.ts";

/** Rows as aligned columns, two blanks between them and none at a line's end. */
export function renderTable(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, displayWidth(cell));
    });
  }
  return rows.map((row) =>
    row
      .map((cell, column) => padDisplay(cell, widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
