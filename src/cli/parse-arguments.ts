import { Command as Parser, CommanderError, Option } from "commander";
import { UsageError } from "../errors.ts";
import { suggest } from "../files/suggest.ts";
import type { View } from "../report/view.ts";
import type { Command, CommandEntry } from "./command.ts";
import { commands } from "./commands.ts";
import { commandHelpEnd, helpConfiguration, programHelpEnd } from "./help.ts";
import { takeOwnFlags } from "./own-flags.ts";
import type { Flags } from "./raw-setting.ts";
import { settingOption, settingSpecs } from "./setting-specs.ts";
import type { SettingSpec } from "./setting-specs.ts";

/** What the command line asks for. */
export type Invocation =
  | {
      readonly kind: "command";
      readonly command: Command;
      readonly args: readonly string[];
      readonly options: Readonly<Record<string, unknown>>;
      readonly flags: Flags;
    }
  | { readonly kind: "help"; readonly text: string; readonly asked: boolean }
  | { readonly kind: "version" };

/**
 * Finds the command, loads it and reads its arguments and options.
 *
 * @throws UsageError
 */
export async function parseArguments(args: readonly string[], view: View): Promise<Invocation> {
  let help = "";
  let invocation: Invocation | undefined;
  let loaded: Command | undefined;
  const { rest, own } = takeOwnFlags(args, commands);
  const program = createProgram(view, (text) => (help += text));
  program.hook("preSubcommand", async (_program, parser) => {
    const entry = commands.find(({ name }) => name === parser.name());
    if (entry !== undefined) loaded = await configure(parser, entry, view);
  });
  for (const entry of commands) {
    const parser = program.command([entry.name, entry.arguments].filter(Boolean).join(" "));
    parser.summary(entry.summary).helpGroup(`${entry.group}:`);
    parser.action(() => {
      if (loaded === undefined) return;
      const options: Record<string, unknown> = { ...parser.opts(), ...own };
      invocation = { kind: "command", command: loaded, args: parser.args, options, flags: flagsOf(program) };
    });
  }
  try {
    await program.parseAsync(rest[0] === "help" ? [...rest.slice(1), "--help"] : [...rest], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === "commander.version") return { kind: "version" };
    if (help !== "") return { kind: "help", text: help, asked: error.exitCode === 0 };
    throw usageError(error, args, loaded);
  }
  return invocation ?? { kind: "help", text: help, asked: false };
}

function createProgram(view: View, onHelp: (text: string) => void): Parser {
  const program = new Parser("gander");
  program
    .description("Brings a PostgreSQL database to the newest version of its schema: SQL files in goose's format.")
    .usage("<command> [options]")
    .configureHelp(helpConfiguration(view))
    .configureOutput({
      writeOut: onHelp,
      writeErr: onHelp,
      outputError: () => {},
      getOutHasColors: () => true,
      getErrHasColors: () => true,
    })
    .exitOverride()
    .showSuggestionAfterError(false)
    .helpCommand(false)
    .addHelpOption(new Option("-h, --help", "print this help").helpGroup("Output:"))
    .addHelpText("after", programHelpEnd(view));
  for (const spec of settingSpecs satisfies readonly SettingSpec[]) program.addOption(optionOf(spec));
  return program.optionsGroup("Output:").version("-", "--version", "print the version of gander");
}

function optionOf(spec: SettingSpec): Option {
  const fallback = spec.defaultText === undefined ? "" : ` (default: ${spec.defaultText})`;
  return new Option(spec.flags, spec.description + fallback).helpGroup(`${spec.group}:`);
}

async function configure(parser: Parser, entry: CommandEntry, view: View): Promise<Command> {
  const command = await entry.load();
  const summary = entry.summary.charAt(0).toUpperCase() + entry.summary.slice(1);
  parser.addHelpOption(new Option("-h, --help", "print this help"));
  parser.description(`${summary}.\n\n${command.details}`);
  for (const argument of parser.registeredArguments) {
    argument.description = command.argumentDescriptions?.[argument.name()] ?? "";
  }
  for (const { flags, description } of command.options ?? []) parser.option(flags, description);
  parser.addHelpText("after", commandHelpEnd(command, view));
  return command;
}

/** The options that were given, by the key of their setting; those that were not given are absent. */
function flagsOf(program: Parser): Flags {
  const { color, ...given } = program.opts<Record<string, string | boolean>>();
  return color === false ? { ...given, noColor: true } : given;
}

/** commander's message as an error of ours. What was typed may hold a password, and is shown up to its `=` only. */
function usageError(error: CommanderError, args: readonly string[], command: Command | undefined): UsageError {
  const said = error.message.replace(/^error: /u, "");
  const typed = /'([^'=]*)/u.exec(said)?.[1] ?? "";
  if (error.code === "commander.unknownCommand") {
    const names = commands.map(({ name }) => name);
    return new UsageError(`There is no command ${typed}`, {
      hint: didYouMean(typed, names, "gander --help lists the commands."),
    });
  }
  if (error.code === "commander.unknownOption") {
    const own = (command?.options ?? []).flatMap(({ flags }) => /--[a-z-]+/u.exec(flags) ?? []);
    const known = [...settingSpecs.map((spec) => settingOption(spec)), ...own, "--help", "--version"];
    const lister = command === undefined ? "gander --help" : `gander ${commandName(args)} --help and gander --help`;
    return new UsageError(`There is no option ${typed}`, {
      hint: didYouMean(typed, known, `${lister} list the options.`),
    });
  }
  const sentence = said.charAt(0).toUpperCase() + said.slice(1);
  return new UsageError(sentence.replace(/\.$/u, ""), {
    hint: `gander ${commandName(args)} --help shows how it is used.`,
  });
}

function didYouMean(typed: string, candidates: readonly string[], otherwise: string): string {
  const meant = suggest(typed, candidates);
  return meant === undefined ? otherwise : `Did you mean ${meant}? ${otherwise}`;
}

function commandName(args: readonly string[]): string {
  return args.find((argument) => commands.some(({ name }) => name === argument)) ?? "";
}
