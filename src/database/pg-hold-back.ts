import type { EventEmitter } from "node:events";
import type { WireMessage } from "./answer.ts";
import type { PgWire } from "./pg-client.ts";

type Listener = (...given: unknown[]) => void;

/** What is told instead of whoever listens to a connection of `pg`. */
export interface HeldBack {
  onError(error: WireMessage): void;
  onReady(): void;
}

/**
 * Keeps errors, and that the server is ready for a query, from all that listen to a connection of `pg`, so many times as the
 * server is ready; then they listen again.
 */
export function holdBack(wire: PgWire, times: number, { onError, onReady }: HeldBack): void {
  const emitter = wire as unknown as EventEmitter;
  const kept = (["errorMessage", "readyForQuery"] as const).map((event) => {
    const listeners = emitter.listeners(event) as Listener[];
    for (const listener of listeners) emitter.off(event, listener);
    return { event, listeners };
  });
  let left = times;
  const countReady = (): void => {
    onReady();
    if (--left > 0) return;
    emitter.off("errorMessage", onError);
    emitter.off("readyForQuery", countReady);
    for (const { event, listeners } of kept) for (const listener of listeners) emitter.on(event, listener);
  };
  emitter.on("errorMessage", onError);
  emitter.on("readyForQuery", countReady);
}
