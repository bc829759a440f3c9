import type { EventListener, GanderEvent } from "../events.ts";
import type { Detail } from "../report/render-event.ts";
import type { Progress } from "./progress.ts";
import type { Output } from "./terminal.ts";

/** Progress whose code is loaded when there is something to show. */
export interface LateProgress {
  readonly listener: EventListener;
  /** What has been told so far is written, and the moving line is gone. */
  pause(): Promise<void>;
  stop(): Promise<void>;
}

/** A start with nothing to do, which is what most starts are, shows nothing: it does not wait for code to be loaded either. */
export function createLateProgress(output: Output, detail: Detail): LateProgress {
  const early: GanderEvent[] = [];
  let loading: Promise<void> | undefined;
  let progress: Progress | undefined;
  const load = async (): Promise<void> => {
    const { createProgress } = await import("./progress.ts");
    progress = createProgress(output, detail);
    for (const event of early) progress.listener(event);
  };
  return {
    listener: (event) => {
      if (progress !== undefined) return progress.listener(event);
      early.push(event);
      const silent = event.type === "connected" || event.type === "checked" || event.type === "run-done";
      if (detail === "verbose" || !silent) loading ??= load();
    },
    pause: async () => {
      await loading;
      progress?.pause();
    },
    stop: async () => {
      await loading;
      progress?.stop();
    },
  };
}
