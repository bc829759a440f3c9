import type { JsonFields } from "../report/json-document.ts";
import type { View } from "../report/view.ts";
import type { Settings } from "./settings.ts";
import type { Terminal } from "./terminal.ts";

/** What a command is given: everything from outside comes in here. */
export interface CommandContext {
  readonly settings: Settings;
  /** The command's own arguments, in order. */
  readonly args: readonly string[];
  /** The command's own options, by their long name in camel case. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly cwd: string;
  readonly now: Date;
}

/** What a command found or did; rendered as text or as JSON by whoever called it. */
export interface Outcome {
  /** For stdout; the empty text writes nothing. */
  readonly text: (view: View) => string;
  readonly json: () => JsonFields;
  /** 0 by default. */
  readonly exitCode?: number;
}

/** An option or an argument of a command, in commander's notation. */
export interface ParameterSpec {
  readonly flags: string;
  readonly description: string;
}

/** A line that shows how a command is used, and what it does. */
export interface Example {
  readonly line: string;
  readonly does: string;
}

/** A command: what its help says, and what it does. */
export interface Command {
  /** More than the summary, in a paragraph or two. */
  readonly details: string;
  /** By the argument's name. */
  readonly argumentDescriptions?: Readonly<Record<string, string>>;
  readonly options?: readonly ParameterSpec[];
  readonly examples: readonly Example[];
  readonly run: (context: CommandContext) => Promise<Outcome>;
}

/** A row of the command table: all that is needed to list the command, without loading it. */
export interface CommandEntry {
  readonly name: string;
  /** Its arguments, in commander's notation: `<version>`, `[version]`. */
  readonly arguments?: string;
  readonly summary: string;
  /** Options of its own that have the name of a setting, and mean something else here. */
  readonly ownFlags?: readonly string[];
  readonly group: "Apply" | "Roll back" | "Look" | "Files" | "History" | "Begin";
  readonly load: () => Promise<Command>;
}
