import { UsageError } from "../errors.ts";
import type { CommandEntry } from "./command.ts";
import { settingSpecs } from "./setting-specs.ts";
import type { SettingSpec } from "./setting-specs.ts";

/** Arguments without the flags that the command has for itself, and these, by their name in camel case. */
export interface OwnFlags {
  readonly rest: readonly string[];
  readonly own: Readonly<Record<string, true>>;
}

/**
 * Takes out the flags that mean something else for the command than the setting of the same name does: that one has a
 * value, and would swallow the word after it.
 */
export function takeOwnFlags(args: readonly string[], commands: readonly CommandEntry[]): OwnFlags {
  const flags = findCommand(args, commands)?.ownFlags ?? [];
  const own: Record<string, true> = {};
  const rest = args.filter((argument) => {
    const [name = "", value] = argument.split("=", 2);
    if (!flags.includes(name)) return true;
    if (value !== undefined) throw new UsageError(`${name} takes no value here`);
    own[name.slice(2).replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())] = true;
    return false;
  });
  return { rest, own };
}

/** The command that is meant: the first word that is not the value of an option. */
function findCommand(args: readonly string[], commands: readonly CommandEntry[]): CommandEntry | undefined {
  const withValue = new Set(
    (settingSpecs satisfies readonly SettingSpec[])
      .filter(({ flags }) => flags.includes("<"))
      .flatMap(({ flags }) => flags.match(/-{1,2}[a-z][a-z-]*/g) ?? []),
  );
  const word = args.find((argument, index) => !argument.startsWith("-") && !withValue.has(args[index - 1] ?? ""));
  return commands.find(({ name }) => name === word);
}
