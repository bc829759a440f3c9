import type { Connection } from "../../database/connection.ts";
import type { LockHolder } from "../../events.ts";
import { type Blockers, readBlockers } from "./lock-holders.ts";
import type { RunContext } from "../session/run-context.ts";

/** What is over by then has waited for nobody worth telling. */
const FIRST_LOOK_MS = 1_000;
const LOOK_MS = 1_000;
/** The same holders are told again after this time. */
const TELL_AGAIN_MS = 5_000;

/** A look, from a second connection, at who keeps our session waiting. */
export interface Watch {
  /** Who kept it waiting when it was looked at last; undefined where nobody did, or nobody has looked. */
  seen(): Blockers | undefined;
  /** Ends the second connection. Never throws. */
  stop(): Promise<void>;
}

export interface WatchOptions {
  /** How long the session waits for one lock before it gives up; 0 or Infinity: no limit. In milliseconds. */
  readonly lockTimeout: number;
  /** It has waited in vain before, and will surely again. */
  readonly again: boolean;
  readonly onWait?: (holders: readonly LockHolder[], waitedMs: number) => void;
}

/**
 * Begins to watch what the session is about to do. A second connection is made only when it takes long, and only where there
 * can be one and our backend is known: not through a pooler. It does not matter to the run whether it works.
 */
export function beginWatch(
  context: Pick<RunContext, "database" | "backendId" | "pooled">,
  { lockTimeout, again, onWait }: WatchOptions,
): Watch {
  const { database, backendId, pooled } = context;
  if (pooled || !database.severalConnections) return { seen: () => undefined, stop: async () => undefined };
  const began = performance.now();
  const betweenLooks = lockTimeout === 0 ? LOOK_MS : Math.min(LOOK_MS, Math.max(50, lockTimeout / 3));
  let connection: Connection | undefined;
  let seen: Blockers | undefined;
  let stopped = false;
  let told = { who: "", at: -Infinity };

  const tell = ({ holders }: Blockers): void => {
    const now = performance.now();
    const who = holders.map((holder) => holder.preparedTransaction ?? holder.backendId).join();
    if (who === told.who && now - told.at < TELL_AGAIN_MS) return;
    told = { who, at: now };
    onWait?.(holders, Math.round(now - began));
  };
  const look = async (): Promise<void> => {
    try {
      if (connection === undefined) {
        const opened = await database.connect();
        if (stopped) return await opened.close();
        connection = opened;
      }
      const blockers = await readBlockers(connection, backendId);
      if (stopped) return;
      seen = blockers.holders.length === 0 ? undefined : blockers;
      if (seen !== undefined) tell(seen);
    } catch {
      await connection?.close();
      connection = undefined;
    }
    if (!stopped) timer = setTimeout(look, betweenLooks);
  };
  let timer = setTimeout(look, again ? betweenLooks : FIRST_LOOK_MS);
  return {
    seen: () => seen,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await connection?.close();
    },
  };
}
