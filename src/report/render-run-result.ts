import type { RunResult, StepResult } from "../run/result.ts";
import { counted } from "./counted.ts";
import { durationText } from "./duration-text.ts";
import { headLine } from "./head-line.ts";
import type { JsonFields } from "./json-document.ts";
import type { View } from "./view.ts";

/** What a run did, in a sentence or two. */
export function renderRunResult(result: RunResult, view: View): string {
  const { style } = view;
  const standing = result.to === 0n ? "Nothing is applied now." : `The database is at version ${result.to}.`;
  if (result.steps.length === 0) {
    return `${style("good", "Nothing to do.")} ${result.to === 0n ? "Nothing is applied." : standing}`;
  }
  const told = `${style("good", done(result))} in ${durationText(result.durationMs)}. ${standing}`;
  return result.logHead === undefined ? told : `${told}\n${headLine(result.logHead, view)}`;
}

function done(result: RunResult): string {
  const of = (direction: StepResult["direction"]): StepResult[] =>
    result.steps.filter((step) => step.direction === direction);
  const [down, up] = [of("down"), of("up")];
  if (up.length === 0) return `${counted(down.length, "migration")} rolled back`;
  if (down.length === 0) return `${counted(up.length, "migration")} applied`;
  return `${counted(down.length, "migration")} rolled back and ${up.length === down.length ? "" : `${up.length} `}applied again`;
}

/** What a run did, as fields of a JSON document. */
export function runResultJson(result: RunResult): JsonFields {
  return {
    direction: result.direction,
    from: result.from,
    to: result.to,
    durationMs: result.durationMs,
    steps: result.steps.map((step) => ({ ...step })),
    logHead: result.logHead ?? null,
    warnings: result.warnings.map((warning) => ({ ...warning })),
  };
}
