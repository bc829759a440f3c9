import type { PlainMigration } from "../../files/write-goose.ts";

/** Another tool's table, with its columns in order. */
export interface ToolTable {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly string[];
}

/** A row of another tool's table: what all tools have, and what the reader of one needs beside it. */
export interface ToolRow {
  /** What the tool calls the migration: a version, a file's name. */
  readonly key: string;
  /** ISO 8601; null where the tool did not keep it. */
  readonly appliedAt: string | null;
  readonly [fact: string]: string | number | boolean | null;
}

/** A migration that is applied by the other tool. */
export interface AppliedKey {
  readonly key: string;
  readonly appliedAt: string | undefined;
  /** Of the file as it was applied, where the tool keeps one. */
  readonly checksum?: string | undefined;
}

/** What the rows of a tool's table come to. */
export interface AppliedByTool {
  /** In the order of application. */
  readonly applied: readonly AppliedKey[];
  /** What people should know about them. */
  readonly remarks: readonly string[];
}

/** A file of the other tool's, read. */
export interface ToolFile {
  /** What the tool's table calls it. */
  readonly key: string;
  /** Below the folder. */
  readonly path: string;
  /** Words for the name of the file that it becomes. */
  readonly title: string;
  /** Undefined for a migration in another language than SQL. */
  readonly text: PlainMigration | undefined;
  /** As the tool computes it, where it keeps one. */
  readonly checksum?: string | undefined;
  /** What has to be applied before it, where the tool has no other order. */
  readonly parents?: readonly string[];
}

/** The files that there are, for a reader whose rows do not say everything. */
export interface KnownKeys {
  /** In order. */
  readonly keys: readonly string[];
  /** The tool's own files, where they were given. */
  readonly files: readonly ToolFile[];
}

/** The other tool's folder, read. */
export interface ToolFiles {
  /** In the tool's order. */
  readonly files: readonly ToolFile[];
  /** Files that are no versioned migrations, and what becomes of them. */
  readonly remarks: readonly string[];
}

/** A file in the other tool's folder; `path` is relative to it, with `/`. */
export interface FolderFile {
  readonly path: string;
  /** @throws FileError where it cannot be read */
  readonly read: () => string;
}

/** A tool whose history can be taken over. */
export interface Tool {
  /** As `foreign-table.ts` has it. */
  readonly name: string;
  /** `zoned`: as points in time; `local`: as local times without a zone; `none`: it keeps no time of application. */
  readonly times: "zoned" | "local" | "none";
  /** Its migrations are programs: no files belong to what it has applied. */
  readonly code: boolean;
  /** A query whose rows are `ToolRow`s, in the order of application. */
  readonly rowsSql: (table: ToolTable) => string;
  /** The advisory locks that it holds while it migrates. */
  readonly advisoryLocks: (table: ToolTable, database: string) => readonly bigint[];
  /** Its table with a lock, beside its own: a row whose `is_locked` is 1 means that it is at work. */
  readonly lockTable?: (table: ToolTable) => string;
  /**
   * What its rows mean.
   *
   * @throws HistoryError where the tool itself would not go on: a migration that failed half way
   */
  readonly interpret: (rows: readonly ToolRow[], known: KnownKeys) => AppliedByTool;
  /** Reads its files; absent where they are in goose's format. */
  readonly readFiles?: (files: readonly FolderFile[]) => ToolFiles;
  /**
   * Orders migrations as the tool does; by their number and then by their name where it says nothing. `files`: as its files
   * are listed, and numbered in that order.
   */
  readonly order?: "files" | ((left: string, right: string) => number);
  /** The number of a migration, where it is not simply the digits that its name begins with. */
  readonly numbersOf?: (keys: readonly string[]) => ReadonlyMap<string, bigint>;
}
