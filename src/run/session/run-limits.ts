import { AbortedError } from "../../errors.ts";

/** A signal, and what ends its clock. */
interface RunLimits {
  readonly signal: AbortSignal;
  readonly dispose: () => void;
}

/** One signal for the migrator's own, the call's, and the time that the whole run may take. */
export function combineSignals(
  own: AbortSignal | undefined,
  timeout: number | undefined,
  call: AbortSignal | undefined,
): RunLimits {
  const controller = new AbortController();
  const timer =
    timeout === undefined
      ? undefined
      : setTimeout(() => {
          controller.abort(
            new AbortedError(
              `the run took longer than ${timeout} ms and was stopped; what was under way in a transaction was rolled back`,
              {
                hint: "Give it more time (--timeout), and start again: it goes on where it stopped.",
              },
            ),
          );
        }, timeout);
  const signals = [controller.signal, own, call].filter((one) => one !== undefined);
  return { signal: AbortSignal.any(signals), dispose: () => clearTimeout(timer) };
}
