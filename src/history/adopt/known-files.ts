import { FileError } from "../../errors.ts";
import type { BundledFile } from "../../options.ts";
import type { Migration } from "../../files/migration.ts";
import { openMigrations } from "../../files/open-migrations.ts";
import { parseMigrations, type ReadOptions } from "../../files/read-migrations.ts";
import { writeGoose } from "../../files/write-goose.ts";
import { type AssignedVersion, assignVersions, compareKeys } from "./assign-versions.ts";
import type { Tool, ToolFiles } from "./tool.ts";

/** The files that belong to a tool's migrations: its own, to be rewritten, or those in the migrations folder. */
export type KnownFiles =
  | { readonly kind: "tool"; readonly read: ToolFiles }
  | { readonly kind: "ours"; readonly migrations: readonly Migration[]; readonly code: readonly string[] };

/** A file of the tool's, and what it becomes. */
export interface RewrittenFile {
  readonly from: string;
  readonly to: string;
  readonly version: bigint;
}

/** Which version each of a tool's migrations becomes, and its file. */
export interface Mapping {
  readonly versionOf: (key: string) => AssignedVersion | undefined;
  readonly migrations: ReadonlyMap<bigint, Migration>;
  /** The names of migrations in another language, by version. */
  readonly code: ReadonlyMap<bigint, string>;
  readonly rewritten: readonly RewrittenFile[];
  readonly bundle: readonly BundledFile[];
}

/** Lays a tool's migrations, by what it calls them, and the files side by side. @throws FileError for a file that is no SQL */
export function mapVersions(tool: Tool, keys: readonly string[], files: KnownFiles, readOptions: ReadOptions): Mapping {
  const fromFiles = files.kind === "tool" ? files.read.files.map(({ key }) => key) : [];
  const listed = [...new Set([...fromFiles, ...keys])];
  const all = tool.order === "files" ? listed : listed.toSorted(tool.order ?? compareKeys);
  const assigned = assignVersions(all, tool.order === "files" ? consecutive(all) : tool.numbersOf?.(all));
  const versionOf = (key: string): AssignedVersion | undefined => assigned.get(key);
  if (files.kind === "ours") {
    const migrations = new Map(files.migrations.map((migration) => [migration.version, migration]));
    const code = new Map(files.code.map((name) => [BigInt(/\d+/.exec(name)?.[0] ?? 0), name]));
    return { versionOf, migrations, code, rewritten: [], bundle: [] };
  }
  const code = new Map<bigint, string>();
  const rewritten: RewrittenFile[] = [];
  const bundle: BundledFile[] = [];
  for (const { key, path, title, text } of files.read.files) {
    const { version, digits } = assigned.get(key) as AssignedVersion;
    if (text === undefined) {
      code.set(version, path);
      continue;
    }
    const to = `${digits}_${plainTitle(title)}.sql`;
    rewritten.push({ from: path, to, version });
    bundle.push({ name: to, text: writeGoose(text) });
  }
  const migrations = parseRewritten(bundle, rewritten, readOptions);
  return {
    versionOf,
    migrations: new Map(migrations.map((migration) => [migration.version, migration])),
    code,
    rewritten,
    bundle,
  };
}

/** @throws FileError that names the files as the other tool has them; their lines are not those of the rewritten ones */
function parseRewritten(
  bundle: readonly BundledFile[],
  rewritten: readonly RewrittenFile[],
  readOptions: ReadOptions,
): readonly Migration[] {
  try {
    return parseMigrations(openMigrations(bundle), readOptions).migrations;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const names = new Map(rewritten.map(({ from, to }) => [to, from]));
    const problems = error.problems.map(({ file, message, hint }) => ({
      file: names.get(file) ?? file,
      message,
      ...(hint !== undefined && { hint }),
    }));
    const files = [...new Set(problems.map(({ file }) => file))].join(", ");
    throw new FileError(`these files cannot be rewritten into goose's format: ${files}`, problems, {
      hint: "Mend them, or copies of them in another folder for --from. Nothing was changed.",
    });
  }
}

function consecutive(keys: readonly string[]): ReadonlyMap<string, bigint> {
  return new Map(keys.map((key, index) => [key, BigInt(index + 1)]));
}

function plainTitle(title: string): string {
  return (
    title
      .normalize("NFC")
      .replaceAll(/[^\p{L}\p{N}-]+/gu, "_")
      .replaceAll(/^_+|_+$/g, "")
      .slice(0, 100) || "migration"
  );
}
