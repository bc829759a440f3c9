import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { mkdir } from "node:fs/promises";
import { PassThrough } from "node:stream";
import { run } from "../../src/cli/run.ts";

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly log: string;
  /** The JSON document of `out`. */
  json(): Record<string, unknown>;
}

export interface RunOptions {
  readonly environment?: Record<string, string>;
  readonly cwd?: string;
  /** What a person types at each question, and then Enter; with it, the streams are those of a terminal. */
  readonly typed?: string | readonly string[];
  readonly signal?: AbortSignal;
  readonly now?: Date;
  readonly columns?: number;
}

/** Runs a command line in this process, with streams that are kept as text. */
export async function runGander(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  let out = "";
  let log = "";
  const isTTY = options.typed !== undefined;
  const stdin = new PassThrough();
  const answers = [options.typed ?? []].flat();
  const show = (text: string): void => {
    log += text;
    // A person reads before they type.
    if (isTTY && text.includes("[y/N]")) setImmediate(() => stdin.write(answers.shift() ?? "\n"));
  };
  const terminal = { isTTY, columns: options.columns ?? 80 };
  const code = await run({
    args,
    environment: options.environment ?? {},
    cwd: options.cwd ?? tmpdir(),
    streams: {
      stdin: Object.assign(stdin, { isTTY }),
      stdout: { ...terminal, write: (text: string) => void (out += text) },
      stderr: { ...terminal, write: show },
    },
    signal: options.signal ?? new AbortController().signal,
    now: options.now ?? new Date("2025-12-20T12:00:00Z"),
  });
  return { code, out, log, json: () => JSON.parse(out) as Record<string, unknown> };
}

/** A folder of its own for one test, with files in it by their relative path. */
export interface TestFolder extends AsyncDisposable {
  readonly path: string;
}

export async function createFolder(files: Readonly<Record<string, string>> = {}): Promise<TestFolder> {
  const path = await mkdtemp(join(tmpdir(), "gander-cli-"));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), text);
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
