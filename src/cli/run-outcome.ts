import { renderRunResult, runResultJson } from "../report/render-run-result.ts";
import type { RunResult } from "../run/result.ts";
import type { Outcome } from "./command.ts";

/** The outcome of a command that applied or rolled back. */
export function runOutcome(command: string, result: RunResult): Outcome {
  return {
    text: (view) => renderRunResult(result, view),
    json: () => ({ command, ...runResultJson(result) }),
  };
}
