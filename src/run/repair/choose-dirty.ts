import { HistoryError, UsageError } from "../../errors.ts";
import type { HistoryRow } from "../../history/history.ts";
import { isAlive } from "../lock/alive.ts";
import type { RunContext } from "../session/run-context.ts";

/** Finds the version to repair. @throws UsageError, HistoryError where its runner is still at work */
export async function chooseDirty(
  context: RunContext,
  rows: readonly HistoryRow[],
  version: bigint | undefined,
): Promise<HistoryRow> {
  const dirty = rows.filter((row) => row.dirty && (version === undefined || row.version === version));
  // One that was rolled back as a whole needs nobody: it is looked at where it is named, or the only one.
  const stopped = dirty.filter(({ state }) => state !== "failed");
  const [row, ...more] = stopped.length > 0 ? stopped : dirty;
  if (row === undefined) {
    throw new UsageError(version === undefined ? "no version is dirty" : `version ${version} is not dirty`, {
      hint: "gander status shows the state of each version.",
    });
  }
  if (more.length > 0) {
    throw new UsageError(`${more.length + 1} versions are dirty: name the one to repair`, {
      hint: [row, ...more].map((one) => `  gander repair ${one.version}`).join("\n"),
    });
  }
  if (row.state === "newer") {
    throw new HistoryError("GANDER_HISTORY_NEWER", `${row.name} is in a state that a newer gander wrote`, {
      hint: "Use the newer version of pg-gander.",
      versions: [row.version],
    });
  }
  if (row.state === "running" && (await isAlive(context.connection, row))) throw busyError(row);
  return row;
}

function busyError({ name, version, runner }: HistoryRow): HistoryError {
  const who = `process ${runner?.processId} on ${runner?.host}`;
  // Through a pooler without a second connection there is no session, but a lease.
  const backend = runner === undefined || runner.backendId === 0 ? undefined : runner.backendId;
  return new HistoryError(
    "GANDER_HISTORY_DIRTY",
    `${name} is still being worked on by ${who}${backend === undefined ? "" : `, backend ${backend}`}`,
    {
      hint:
        backend === undefined
          ? "Wait for it to finish, or end that process first."
          : `Wait for it to finish, or end it first: SELECT pg_terminate_backend(${backend})`,
      versions: [version],
    },
  );
}
