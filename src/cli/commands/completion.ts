import { UsageError } from "../../errors.ts";
import { suggest } from "../../files/suggest.ts";
import type { Command } from "../command.ts";
import { readCompletionModel, shells } from "../completion/completion-model.ts";

/** `gander completion SHELL` */
export const completion: Command = {
  details: "Completes commands, options, folders and versions. Put the line for your shell into its start-up file.",
  argumentDescriptions: { shell: "bash, zsh or fish" },
  examples: [
    { line: "source <(gander completion bash)", does: "in ~/.bashrc" },
    { line: "source <(gander completion zsh)", does: "in ~/.zshrc, after compinit" },
    { line: "gander completion fish | source", does: "in ~/.config/fish/config.fish" },
  ],
  run: async ({ args }) => {
    const [name = ""] = args;
    const shell = shells.find((candidate) => candidate === name);
    if (shell === undefined) {
      const meant = suggest(name, shells);
      throw new UsageError(`There is no completion for the shell ${JSON.stringify(name)}`, {
        hint: meant === undefined ? `There are scripts for ${shells.join(", ")}.` : `Did you mean ${meant}?`,
      });
    }
    const script = await makeScript(shell);
    return { text: () => script.trimEnd(), json: () => ({ command: "completion", shell, script }) };
  },
};

async function makeScript(shell: (typeof shells)[number]): Promise<string> {
  const model = await readCompletionModel();
  switch (shell) {
    case "bash":
      return (await import("../completion/bash-script.ts")).bashScript(model);
    case "zsh":
      return (await import("../completion/zsh-script.ts")).zshScript(model);
    case "fish":
      return (await import("../completion/fish-script.ts")).fishScript(model);
  }
}
