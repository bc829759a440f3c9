import { setTimeout as sleep } from "node:timers/promises";
import { throwIfAborted } from "../session/run-context.ts";

/** Growing pauses with jitter, in milliseconds, never above `longest`. */
export function createPauses(first: number, longest: number, random: () => number = Math.random): () => number {
  let next = first;
  return () => {
    const pause = next * (0.5 + random() / 2);
    next = Math.min(next * 1.6, longest);
    return Math.round(pause);
  };
}

/** Waits; an abort ends it at once. @throws AbortedError */
export async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    throwIfAborted(signal);
  }
}
