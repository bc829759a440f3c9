import { styleText } from "node:util";
import { plainStyle } from "../report/style.ts";
import type { Style, StyleName } from "../report/style.ts";
import type { View } from "../report/view.ts";
import type { Environment } from "./env-file.ts";

/** What we use of a stream that is written to. */
export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** The streams of this process, or a test's. */
export interface Streams {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
}

/** The two streams that people read, each with what it can show. Results go to `out`, everything else to `log`. */
export interface Terminal {
  readonly out: Output;
  readonly log: Output;
  readonly input: Streams["stdin"];
  /** Somebody is there to answer a question. */
  readonly interactive: boolean;
}

/** One stream: writes whole lines. */
export interface Output {
  readonly view: View;
  /** The cursor can be moved, so that a line can be written over. */
  readonly movable: boolean;
  write(text: string): void;
}

type Format = Parameters<typeof styleText>[0];

const formats: Readonly<Record<StyleName, Format>> = {
  strong: "bold",
  faint: "dim",
  good: "green",
  warning: "yellow",
  bad: "red",
  accent: "cyan",
};

// `styleText` of newer Nodes decides about colours itself, for stdout; we decide for each stream.
const always: object = { validateStream: false };
const colourStyle: Style = (name, text) =>
  text === ""
    ? ""
    : (styleText as (format: Format, text: string, options: object) => string)(formats[name], text, always);

/** The streams with the colours and widths that suit them. */
export function createTerminal(streams: Streams, environment: Environment, noColor: boolean): Terminal {
  return {
    out: createOutput(streams.stdout, environment, noColor),
    log: createOutput(streams.stderr, environment, noColor),
    input: streams.stdin,
    interactive: streams.stdin.isTTY === true && streams.stderr.isTTY === true,
  };
}

function createOutput(stream: OutputStream, environment: Environment, noColor: boolean): Output {
  const isTerminal = stream.isTTY === true;
  const dumb = environment["TERM"] === "dumb";
  const style = !noColor && wantsColours(isTerminal && !dumb, environment) ? colourStyle : plainStyle;
  // Beyond 120 columns the eye loses the line; in a log a sentence stays on one line, so that it can be searched for.
  const width = isTerminal ? Math.min(stream.columns ?? 100, 120) : Number.POSITIVE_INFINITY;
  return {
    view: { style, width },
    movable: isTerminal && !dumb,
    write: (text) => void stream.write(text),
  };
}

function wantsColours(capable: boolean, environment: Environment): boolean {
  const forced = environment["FORCE_COLOR"];
  if (forced !== undefined && forced !== "") return forced !== "0" && forced !== "false";
  const unwanted = environment["NO_COLOR"];
  return capable && (unwanted === undefined || unwanted === "");
}
