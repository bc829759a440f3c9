import type { GanderEvent } from "../events.ts";
import { mostOfAKind } from "../report/render-warnings.ts";

/** Lets events that come again and again through less and less often. */
export interface Throttle {
  admits(event: GanderEvent): boolean;
  /** How many warnings were not let through since this was asked last. */
  heldBack(): number;
}

/** Makes a throttle for one run. */
export function createThrottle(): Throttle {
  const warnings = new Map<string, number>();
  let held = 0;
  let subject = "";
  let count = 0;

  const again = (now: string): number => {
    count = now === subject ? count + 1 : 1;
    subject = now;
    return count;
  };
  return {
    admits: (event) => {
      switch (event.type) {
        case "warning": {
          const { kind } = event.warning;
          const seen = (warnings.get(kind) ?? 0) + 1;
          warnings.set(kind, seen);
          if (seen > mostOfAKind) held++;
          return seen <= mostOfAKind;
        }
        case "lock-wait":
          return again(`run ${event.holder?.backendId}`) === 1;
        case "step-retry": {
          const tries = again(`${event.version} ${event.reason}`);
          return isPowerOf2(tries);
        }
        case "statement-wait": {
          const who = event.holders.map(({ backendId }) => backendId).join();
          return isPowerOf2(again(`wait ${event.version} ${event.statement} ${who}`));
        }
        default:
          return true;
      }
    },
    heldBack: () => {
      const told = held;
      held = 0;
      return told;
    },
  };
}

/** True for the 1st, 2nd, 4th, 8th … time. */
function isPowerOf2(count: number): boolean {
  return (count & (count - 1)) === 0;
}
