import type { Command as Parser, Help, HelpConfiguration } from "commander";
import type { View } from "../report/view.ts";
import type { Command, Example } from "./command.ts";

/** How help looks: our colours, and the commands before the options, because people look for a command first. */
export function helpConfiguration({ style, width }: View): HelpConfiguration {
  return {
    helpWidth: Math.min(width, 100),
    styleTitle: (text) => style("strong", text),
    styleCommandText: (text) => style("accent", text),
    styleSubcommandTerm: (text) => style("accent", text),
    styleOptionTerm: (text) => style("accent", text),
    styleArgumentTerm: (text) => style("accent", text),
    subcommandTerm: (parser) => [parser.name(), ...parser.registeredArguments.map(argumentTerm)].join(" "),
    formatHelp,
  };
}

function argumentTerm(argument: { readonly required: boolean; name(): string }): string {
  return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
}

function formatHelp(parser: Parser, helper: Help): string {
  const width = helper.padWidth(parser, helper);
  const item = (term: string, description: string): string => helper.formatItem(term, width, description, helper);
  const visibleCommands = helper.visibleCommands(parser);
  const visibleOptions = helper.visibleOptions(parser);
  const lines = [`${helper.styleTitle("Usage:")} ${helper.styleUsage(helper.commandUsage(parser))}`, ""];
  for (const paragraph of helper.commandDescription(parser).split("\n\n")) {
    lines.push(helper.boxWrap(paragraph, helper.helpWidth ?? 80), "");
  }
  const commandGroups = helper.groupItems([...visibleCommands], visibleCommands, (command) => command.helpGroup());
  for (const [heading, commands] of commandGroups) {
    const items = commands.map((command) =>
      item(helper.styleSubcommandTerm(helper.subcommandTerm(command)), helper.subcommandDescription(command)),
    );
    lines.push(...helper.formatItemList(heading, items, helper));
  }
  const argumentItems = helper
    .visibleArguments(parser)
    .map((argument) =>
      item(helper.styleArgumentTerm(helper.argumentTerm(argument)), helper.argumentDescription(argument)),
    );
  lines.push(...helper.formatItemList("Arguments:", argumentItems, helper));
  const optionGroups = helper.groupItems(
    [...visibleOptions],
    visibleOptions,
    (option) => option.helpGroupHeading ?? "Options:",
  );
  for (const [heading, options] of optionGroups) {
    const items = options.map((option) =>
      item(helper.styleOptionTerm(helper.optionTerm(option)), helper.optionDescription(option)),
    );
    lines.push(...helper.formatItemList(heading, items, helper));
  }
  return lines.join("\n");
}

/** What stands below a command's options: examples, and where the options of all commands are. */
export function commandHelpEnd(command: Command, view: View): string {
  return [
    "",
    ...examplesText(command.examples, view),
    "",
    "The options of all commands (--database-url, --dir, --table, --json …) are listed by gander --help.",
  ].join("\n");
}

/** What stands below the options of the program. */
export function programHelpEnd(view: View): string {
  const examples: readonly Example[] = [
    { line: "gander init", does: "begin" },
    { line: "gander create add_users", does: "a new migration file" },
    { line: "gander plan", does: "look first" },
    { line: "gander up", does: "apply" },
  ];
  return [
    "",
    "Each option is also a variable (GANDER_LOCK_TIMEOUT) and a key of the config file (lockTimeout). The order:",
    "option, environment, file with variables, config file, default. Durations: 500ms, 2s, 10m, 1h30m.",
    "",
    "Exit codes: 0 fine, 1 a migration or the database failed, 2 usage, configuration or unusable files,",
    "3 a check found something, 4 a lock was not obtained, 130 and 143 interrupted.",
    "",
    ...examplesText(examples, view),
  ].join("\n");
}

function examplesText(examples: readonly Example[], { style }: View): string[] {
  const width = Math.max(...examples.map(({ line }) => line.length));
  const short = width <= 50;
  return [
    style("strong", "Examples:"),
    ...examples.map(({ line, does }) => `  ${short ? line.padEnd(width) : line}  ${style("faint", `# ${does}`)}`),
  ];
}
