import type { Migration } from "../../files/migration.ts";
import type { ReadOptions } from "../../files/read-migrations.ts";
import type { BundledFile } from "../../options.ts";
import type { HistoryRow, HistoryTable } from "../history.ts";
import type { ChosenTool } from "./choose-tool.ts";
import type { KnownFiles, RewrittenFile } from "./known-files.ts";
import type { ToolRow } from "./tool.ts";

/** A version that is taken over. */
export interface AdoptedVersion {
  readonly version: bigint;
  /** Its file's name; for one without a file what the other tool calls it. */
  readonly name: string;
  /** What the other tool calls it. */
  readonly key: string;
  /** ISO 8601, to the microsecond; undefined where the tool did not keep it: then the time of adoption stands in. */
  readonly appliedAt: string | undefined;
  /** Undefined where there is no SQL file: a migration in another language, or one whose file is gone. */
  readonly migration: Migration | undefined;
  readonly source: string;
}

/** What `adopt` is going to do, and has done. */
export interface AdoptPlan {
  readonly tool: string;
  /** The other tool's table, `schema.table`. */
  readonly from: string;
  /** Our history, `schema.table`. */
  readonly table: string;
  /** What comes into the history, in the order of application. */
  readonly versions: readonly AdoptedVersion[];
  /** How many of the other tool's versions are in the history already. */
  readonly known: number;
  /** Versions that were adopted before and that the other tool has rolled back since: they leave the history. */
  readonly undone: readonly { readonly version: bigint; readonly name: string }[];
  /** The files that are left for the next `up`. */
  readonly pending: readonly { readonly version: bigint; readonly name: string }[];
  /** Where the rewritten files go, and which they are; those that are there already are among them. */
  readonly folder: string | undefined;
  readonly rewritten: readonly RewrittenFile[];
  readonly remarks: readonly string[];
}

/** The plan with what carrying it out takes. */
export interface Adoption extends AdoptPlan {
  /** What the tool has applied, and is in our history without having been adopted from it. */
  readonly shared: readonly bigint[];
  readonly bundle: readonly BundledFile[];
}

export interface AdoptionInput {
  readonly chosen: ChosenTool;
  readonly rows: readonly ToolRow[];
  readonly files: KnownFiles;
  readonly folder: string | undefined;
  readonly history: readonly HistoryRow[];
  /** What the tool's table had and was not adopted from it, when it was taken over last. */
  readonly shared: ReadonlySet<bigint>;
  readonly table: HistoryTable;
  /** The server's clock. */
  readonly now: Date;
  readonly readOptions: ReadOptions;
  /** Versions may have no file although they are newer than every file. */
  readonly withoutFiles: boolean;
  /** The time of adoption stands for every time that the tool kept. */
  readonly ignoreTimes: boolean;
}
