import type { FolderFile, ToolFile } from "./tool.ts";

/** A migration in two files, one a direction. */
export interface Pair {
  readonly key: string;
  readonly up: FolderFile;
  readonly down: FolderFile | undefined;
  readonly title: string;
}

/** Files in which a migration has one a direction. */
export function pairToFile({ key, up, down, title }: Pair): ToolFile {
  return { key, path: up.path, title, text: { up: up.read(), down: down?.read(), transaction: true } };
}
