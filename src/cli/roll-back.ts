import type { DownOptions } from "../migrator.ts";
import { renderConfirmation } from "../report/render-question.ts";
import type { CommandContext, ParameterSpec } from "./command.ts";
import type { Session } from "./with-migrator.ts";

/** The option of every command that asks. */
export const yesOption: ParameterSpec = { flags: "-y, --yes", description: "do not ask" };

/** How the commands that roll back ask, and what `--yes` lets pass. */
export function downOptions(context: CommandContext, session: Session): DownOptions {
  return {
    confirm: (question) => session.ask(renderConfirmation(question, context.terminal.log.view)),
    allowEmptyDown: context.options["yes"] === true,
  };
}
