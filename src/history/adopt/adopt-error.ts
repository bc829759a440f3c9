import { HistoryError } from "../../errors.ts";

/** The error for another tool's history that cannot be taken over as it is. */
export function adoptError(message: string, hint: string, versions: readonly bigint[] = []): HistoryError {
  return new HistoryError("GANDER_HISTORY_ADOPT", message, { hint: `${hint}\nNothing was changed.`, versions });
}
