import { createInterface } from "node:readline/promises";
import { AbortedError, ConfirmationError } from "../errors.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Shows what is going to happen and asks whether to go on. Without anybody to answer it throws, and names `--yes`.
 *
 * @throws ConfirmationError, AbortedError
 */
export async function confirm(
  question: string,
  terminal: Terminal,
  signal: AbortSignal,
  prompt = "Go on?",
): Promise<boolean> {
  const { log } = terminal;
  if (question !== "") log.write(`${question}\n`);
  if (!terminal.interactive) {
    throw new ConfirmationError("This has to be confirmed, and there is no terminal to ask at", {
      hint: "Add --yes if that is what you want.",
    });
  }
  // Not in terminal mode: the terminal itself turns Ctrl-C into SIGINT, which ends the run as everywhere else.
  const reader = createInterface({ input: terminal.input, terminal: false });
  try {
    log.write(log.view.style("strong", `${prompt} [y/N] `));
    const closed = new Promise<string>((resolve) => reader.once("close", () => resolve("")));
    const answer = await Promise.race([reader.question("", { signal }), closed]);
    return /^\s*y(es)?\s*$/iu.test(answer);
  } catch (error) {
    if (!signal.aborted) throw error;
    log.write("\n");
    throw new AbortedError("Interrupted before anything was changed", { cause: error });
  } finally {
    reader.close();
  }
}
