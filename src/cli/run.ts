import { AbortedError, UsageError } from "../errors.ts";
import { GANDER_VERSION } from "../version.ts";
import { commands } from "./commands.ts";
import type { Environment } from "./env-file.ts";
import { exitCodeOf, exitCodes, Interruption } from "./exit-code.ts";
import { rewriteGooseArguments } from "./goose-arguments.ts";
import { parseArguments } from "./parse-arguments.ts";
import { readSettings } from "./settings.ts";
import type { Settings } from "./settings.ts";
import { createTerminal } from "./terminal.ts";
import type { Streams, Terminal } from "./terminal.ts";

/** Everything that a run of the command line depends on. */
export interface World {
  /** Without the program's own name. */
  readonly args: readonly string[];
  readonly environment: Environment;
  readonly cwd: string;
  readonly streams: Streams;
  /** Aborted with an `Interruption` by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  readonly now: Date;
}

/** Runs one command line and returns the exit code; it never throws. */
export async function run(world: World): Promise<number> {
  // Until the settings are read, what is plain to see counts: an error in the settings has to be shown in some way.
  let json = world.args.includes("--json");
  let verbose = false;
  let terminal = createTerminal(world.streams, world.environment, world.args.includes("--no-color"));
  try {
    const args = rewriteGooseArguments(world.args, [...commands.map(({ name }) => name), "help"]);
    const invocation = await parseArguments(args, terminal.out.view);
    if (invocation.kind === "version") return printVersion(terminal, json);
    if (invocation.kind === "help") return printHelp(terminal, invocation.text, invocation.asked);
    const { command, flags, options } = invocation;
    const settings = await readSettings(flags, world.environment, world.cwd);
    ({ json, verbose } = settings);
    terminal = createTerminal(world.streams, world.environment, settings.noColor);
    return await runCommand(command, { ...invocation, settings, terminal, options }, world);
  } catch (thrown) {
    const error = thrown instanceof Interruption ? new AbortedError("interrupted before anything was done") : thrown;
    const { reportError } = await import("./report-error.ts");
    reportError(error, terminal, { json, verbose });
    return exitCodeOf(error, world.signal);
  }
}

type Loaded = Extract<Awaited<ReturnType<typeof parseArguments>>, { kind: "command" }>;

async function runCommand(
  command: Loaded["command"],
  { args, options, settings, terminal }: Loaded & { readonly settings: Settings; readonly terminal: Terminal },
  { cwd, now, signal }: World,
): Promise<number> {
  if (settings.quiet && settings.verbose) throw new UsageError("--quiet and --verbose say opposite things");
  const outcome = await command.run({ args, options, settings, terminal, signal, cwd, now });
  if (settings.json) {
    const { jsonDocument } = await import("../report/json-document.ts");
    terminal.out.write(`${jsonDocument(outcome.json())}\n`);
  } else {
    const text = outcome.text(terminal.out.view);
    if (text !== "") terminal.out.write(`${text}\n`);
  }
  return outcome.exitCode ?? exitCodes.fine;
}

function printHelp(terminal: Terminal, text: string, asked: boolean): number {
  (asked ? terminal.out : terminal.log).write(text);
  return asked ? exitCodes.fine : exitCodes.usage;
}

function printVersion(terminal: Terminal, json: boolean): number {
  const document = JSON.stringify({ schemaVersion: 1, gander: GANDER_VERSION });
  terminal.out.write(json ? `${document}\n` : `gander ${GANDER_VERSION}\n`);
  return exitCodes.fine;
}
