import { GanderError } from "../errors.ts";
import type { ErrorCode } from "../errors.ts";

/** How the process ends; `docs/cli.md` has the table. */
export const exitCodes = {
  fine: 0,
  failed: 1,
  usage: 2,
  found: 3,
  lock: 4,
} as const;

const usageCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "GANDER_USAGE",
  "GANDER_CONFIG",
  "GANDER_FILE",
  "GANDER_CONFIRMATION",
  "GANDER_MISSING_DEPENDENCY",
]);
const signalNumbers: Readonly<Record<string, number>> = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 };

/** A signal that asked us to stop; it is the reason of the abort. */
export class Interruption extends Error {
  override readonly name = "Interruption";
  readonly signalName: string;

  constructor(signalName: string) {
    super(`${signalName} was received`);
    this.signalName = signalName;
  }

  /** 130 for SIGINT, 143 for SIGTERM, as shells have it. */
  get exitCode(): number {
    return 128 + (signalNumbers[this.signalName] ?? 0);
  }
}

/** The exit code for an error, given what the signal of the run was aborted for, if it was. */
export function exitCodeOf(error: unknown, signal: AbortSignal): number {
  if (!(error instanceof GanderError)) return exitCodes.failed;
  if (error.code === "GANDER_ABORTED" && signal.reason instanceof Interruption) return signal.reason.exitCode;
  if (error.code === "GANDER_LOCK_TIMEOUT") return exitCodes.lock;
  return usageCodes.has(error.code) ? exitCodes.usage : exitCodes.failed;
}
