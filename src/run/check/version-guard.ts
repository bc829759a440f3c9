import { HistoryError } from "../../errors.ts";
import type { RunSettings } from "../session/session.ts";

/** @throws HistoryError where the database is newer than this program may run on; nothing was applied */
export function checkNotAbove({ maxVersion }: RunSettings, newest: bigint): void {
  if (maxVersion === undefined || newest <= maxVersion) return;
  throw new HistoryError(
    "GANDER_HISTORY_OUT_OF_RANGE",
    `the database is at version ${newest}, and this program runs on no version above ${maxVersion} (maxVersion)`,
    {
      hint: "Deploy a program that knows the newer schema, or roll the database back with the files that applied it (gander down).",
      versions: [newest],
    },
  );
}

/** @throws HistoryError where, after all that was to be applied, the database is older than this program needs */
export function checkNotBelow({ minVersion }: RunSettings, newest: bigint): void {
  if (minVersion === undefined || newest >= minVersion) return;
  throw new HistoryError(
    "GANDER_HISTORY_OUT_OF_RANGE",
    `the database is at version ${newest}, and this program needs ${minVersion} or above (minVersion)`,
    { hint: "Its migrations folder does not have that version: look at what the image carries.", versions: [newest] },
  );
}
