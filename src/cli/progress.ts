import type { EventListener, GanderEvent } from "../events.ts";
import { fitDisplay } from "../report/display-width.ts";
import { durationText } from "../report/duration-text.ts";
import { printableLine } from "../report/printable.ts";
import { renderEvent, waitingText } from "../report/render-event.ts";
import type { Detail } from "../report/render-event.ts";
import { renderMoreWarnings } from "../report/render-warnings.ts";
import type { Output } from "./terminal.ts";
import { createThrottle } from "./throttle.ts";

/** Shows a run while it happens: a moving line on a terminal, lines of a log elsewhere. */
export interface Progress {
  readonly listener: EventListener;
  /** Takes the moving line away; what is written after it starts at the line's beginning. */
  pause(): void;
  stop(): void;
}

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const frameMs = 100;
// When a log without a moving line says that something still goes on: after 5 s, then at growing distances.
const stillMs = [5_000, 15_000, 30_000, 60_000];

/** Listens to a run and writes what is worth it. */
export function createProgress(output: Output, detail: Detail): Progress {
  let activity: { readonly text: string; readonly since: number; told: number } | undefined;
  let frame = 0;
  let shown = false;

  const erase = (): void => {
    if (shown) output.write("\r\u001b[K");
    shown = false;
  };
  const draw = (): void => {
    if (activity === undefined) return erase();
    const elapsed = performance.now() - activity.since;
    if (!output.movable) return remind(activity, elapsed);
    // What is over in a moment is not worth a flicker.
    if (elapsed < frameMs) return;
    const time = elapsed < 1000 ? "" : ` ${durationText(elapsed)}`;
    const text = fitDisplay(`${frames[frame++ % frames.length]} ${activity.text}`, output.view.width - time.length - 1);
    output.write(`\r\u001b[K${text}${output.view.style("faint", time)}`);
    shown = true;
  };
  const remind = (current: NonNullable<typeof activity>, elapsed: number): void => {
    const next = stillMs[current.told] ?? (current.told - stillMs.length + 2) * 60_000;
    if (elapsed < next) return;
    current.told++;
    output.write(`still ${current.text}, ${durationText(elapsed)} so far\n`);
  };
  const timer = setInterval(draw, frameMs);
  timer.unref();
  const throttle = createThrottle();
  const write = (lines: readonly string[]): void => {
    if (lines.length === 0) return;
    erase();
    output.write(lines.map((line) => `${line}\n`).join(""));
  };
  const tellHeldBack = (): void => write(renderMoreWarnings(throttle.heldBack(), output.view));

  return {
    listener: (event) => {
      const text = activityText(event);
      if (text !== undefined) activity = text === "" ? undefined : { text, since: sinceOf(event, activity), told: 0 };
      if (output.movable && event.type === "lock-wait") return;
      if (event.type !== "warning") tellHeldBack();
      if (throttle.admits(event)) write(renderEvent(event, detail, output.view));
    },
    pause: () => {
      activity = undefined;
      tellHeldBack();
      erase();
    },
    stop: () => {
      clearInterval(timer);
      activity = undefined;
      tellHeldBack();
      erase();
    },
  };
}

/** What goes on from this event on; the empty text: nothing; undefined: the same as before. */
function activityText(event: GanderEvent): string | undefined {
  switch (event.type) {
    case "step-start":
    case "statement-start": {
      const verb = event.direction === "up" ? "applying" : "rolling back";
      const place = event.steps > 1 ? ` [${event.step}/${event.steps}]` : "";
      const statement = event.type === "statement-start" ? `, statement ${event.statement}/${event.statements}` : "";
      return `${verb}${place} ${printableLine(event.name)}${statement}`;
    }
    case "lock-wait":
      return waitingText(event.holder, 0);
    case "locked":
    case "step-done":
    case "step-failed":
    case "run-done":
      return "";
    default:
      return undefined;
  }
}

function sinceOf(event: GanderEvent, before: { readonly since: number } | undefined): number {
  const goesOn = event.type === "lock-wait" || event.type === "statement-start";
  return goesOn && before !== undefined ? before.since : performance.now();
}
