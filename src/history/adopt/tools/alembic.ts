import { quoteTable } from "../../table-name.ts";
import { titleOf } from "../file-title.ts";
import type { AppliedByTool, FolderFile, KnownKeys, Tool, ToolFile, ToolFiles, ToolRow } from "../tool.ts";

/**
 * Alembic: the newest revision of each branch and nothing else; its migrations are programs in Python, each of which names
 * the one before. With its folder all that come before are known, without it that one alone.
 */
export const alembic: Tool = {
  name: "Alembic",
  times: "none",
  code: true,
  rowsSql: (table) => `SELECT version_num AS key, NULL AS "appliedAt" FROM ${quoteTable(table)} ORDER BY 1`,
  advisoryLocks: () => [],
  interpret: interpretRows,
  readFiles,
  order: "files",
};

function interpretRows(rows: readonly ToolRow[], { files }: KnownKeys): AppliedByTool {
  const parents = new Map(files.map((file) => [file.key, file.parents ?? []]));
  const reached = new Set<string>();
  const visit = (key: string): void => {
    if (reached.has(key)) return;
    reached.add(key);
    for (const parent of parents.get(key) ?? []) visit(parent);
  };
  for (const { key } of rows) visit(key);
  const known = files.filter(({ key }) => reached.has(key)).map(({ key }) => key);
  const others = [...reached].filter((key) => !parents.has(key));
  return {
    applied: [...known, ...others].map((key) => ({ key, appliedAt: undefined })),
    remarks: [
      files.length === 0
        ? "Alembic keeps the newest revision alone: what came before it is known from its files only (--from FOLDER)"
        : "Alembic keeps the newest revision alone: everything it comes after counts as applied",
    ],
  };
}

function readFiles(files: readonly FolderFile[]): ToolFiles {
  const read = files.flatMap(({ path, read: readText }): readonly ToolFile[] => {
    if (!path.endsWith(".py")) return [];
    const text = readText();
    const key = /^revision(?:\s*:[^=\n]*)?\s*=\s*["']([^"']+)["']/m.exec(text)?.[1];
    if (key === undefined) return [];
    const down = /^down_revision(?:\s*:[^=\n]*)?\s*=\s*(\([^)]*\)|[^\n]*)/m.exec(text)?.[1] ?? "";
    const parents = [...down.matchAll(/["']([^"']+)["']/g)].map((match) => match[1] as string);
    return [{ key, path, title: titleOf(path), text: undefined, parents }];
  });
  return { files: parentsFirst(read), remarks: [] };
}

function parentsFirst(files: readonly ToolFile[]): readonly ToolFile[] {
  const byKey = new Map(files.map((file) => [file.key, file]));
  const ordered = new Set<ToolFile>();
  const visiting = new Set<string>();
  const visit = (file: ToolFile | undefined): void => {
    if (file === undefined || ordered.has(file) || visiting.has(file.key)) return;
    visiting.add(file.key);
    for (const parent of file.parents ?? []) visit(byKey.get(parent));
    ordered.add(file);
  };
  for (const file of files) visit(file);
  return [...ordered];
}
