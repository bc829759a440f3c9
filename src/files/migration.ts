import type { FileProblem } from "../errors.ts";

/** A place in a file; `line` and `column` start at 1, columns count code points. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A variable of an ENVSUB section that was replaced in a statement. The value may be a secret and is never shown. */
export interface Substitution {
  readonly name: string;
  readonly value: string;
}

/** One piece of SQL that is sent as it stands: a statement, or a whole StatementBegin/End block. */
export interface Statement {
  /** What is sent, after substitution. */
  readonly sql: string;
  /** The same before substitution: what people are shown and what the history keeps. */
  readonly text: string;
  /** Where its first character stands. */
  readonly place: Place;
  /** How many statements the server sees in it: more than 1 only in a block, 0 if it has only comments. */
  readonly count: number;
  /** It stood between StatementBegin and StatementEnd. */
  readonly block: boolean;
  readonly substitutions: readonly Substitution[];
  /** The place in the file of a character of `sql`, given as a 0-based offset in code points. */
  locate(offset: number): Place;
  /** The place of the n-th (0-based) server statement in it. */
  locateStatement(index: number): Place;
}

/** What `-- +gander name value` lines say; goose reads them as ordinary comments. */
export interface Directives {
  /** Why the migration cannot be rolled back. */
  readonly irreversible?: string;
  /** In milliseconds. */
  readonly lockTimeout?: number;
}

/** A migration file, parsed. */
export interface Migration {
  readonly version: bigint;
  /** The file's name, `20250101000000_init.sql`. */
  readonly name: string;
  /** The file's path as people know it: as the folder was given, joined with the name. */
  readonly path: string;
  /** The whole file before substitution, line ends as LF, without a byte-order mark. */
  readonly text: string;
  /** False where the file says NO TRANSACTION; holds for both directions. */
  readonly transaction: boolean;
  readonly directives: Directives;
  readonly up: readonly Statement[];
  /** Undefined: the file has no Down section. Empty: it has one with no statement. */
  readonly down: readonly Statement[] | undefined;
  /** The Down section cannot be used, and why. It never stops an Up. */
  readonly downProblem: FileProblem | undefined;
  /** Hex digest over the SQL's tokens before substitution: blind to comments, white space, line ends and annotation spelling. */
  readonly checksum: string;
}
