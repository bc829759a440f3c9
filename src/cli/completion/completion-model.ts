import { commands } from "../commands.ts";
import { settingSpecs } from "../setting-specs.ts";
import type { SettingSpec } from "../setting-specs.ts";

/** An option as shells complete it. */
export interface CompletedOption {
  readonly short: string | undefined;
  readonly long: string;
  readonly description: string;
  /** What follows it; words are the only ones possible. */
  readonly value: "none" | "text" | "folder" | "file" | readonly string[];
}

/** A command as shells complete it. */
export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  /** What its argument is completed with. */
  readonly argument: "none" | "version" | readonly string[];
}

/** Everything that a completion script is made of. */
export interface CompletionModel {
  readonly options: readonly CompletedOption[];
  readonly commands: readonly CompletedCommand[];
}

/** The shells that there are scripts for. */
export const shells = ["bash", "zsh", "fish"] as const;

/** Reads the command table for the completion scripts. */
export async function readCompletionModel(): Promise<CompletionModel> {
  const help: CompletedOption = { short: "-h", long: "--help", description: "print help", value: "none" };
  const specs: readonly SettingSpec[] = settingSpecs;
  return {
    options: [...specs.map((spec) => completed(spec.flags, spec.description, spec.kind)), help],
    commands: await Promise.all(
      commands.map(async (entry) => {
        const { options = [] } = await entry.load();
        return {
          name: entry.name,
          summary: entry.summary,
          options: options.map(({ flags, description }) => completed(flags, description, undefined)),
          argument: argumentOf(entry.name, entry.arguments),
        };
      }),
    ),
  };
}

function argumentOf(name: string, argument: string | undefined): CompletedCommand["argument"] {
  if (name === "completion") return shells;
  return argument !== undefined && /version/u.test(argument) ? "version" : "none";
}

function completed(flags: string, description: string, kind: SettingSpec["kind"] | undefined): CompletedOption {
  const placeholder = /<(.*)>/u.exec(flags)?.[1];
  const value = placeholder === "folder" || placeholder === "file" ? placeholder : "text";
  return {
    short: /(?:^|\s)(-[a-z])\b/u.exec(flags)?.[1],
    long: /--[a-z-]+/u.exec(flags)?.[0] ?? flags,
    description: description.replace(/[:;(].*$/su, "").trim(),
    value: typeof kind === "object" ? kind : placeholder === undefined ? "none" : value,
  };
}
