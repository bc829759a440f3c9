import type { Connection } from "./connection.ts";
import type { TargetSession } from "./settings/connection-settings.ts";

/** What `target_session_attrs` asks about. */
export interface ServerState {
  readonly standby: boolean;
  readonly readOnly: boolean;
}

/** What PostgreSQL 14 and newer report as a connection begins; older ones, and most poolers, have to be asked. */
export async function readServerState(
  reported: ReadonlyMap<string, string>,
  connection: Connection,
): Promise<ServerState> {
  const standby = reported.get("in_hot_standby");
  const readOnly = reported.get("default_transaction_read_only");
  if (standby !== undefined && readOnly !== undefined)
    return { standby: standby === "on", readOnly: readOnly === "on" };
  const [result] = await connection.send(
    "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('default_transaction_read_only')",
  );
  const [inRecovery, setting] = result?.rows[0] ?? [];
  return { standby: inRecovery === "t", readOnly: setting === "on" };
}

/** Whether a server is of the kind that was asked for. */
export function fitsTarget({ standby, readOnly }: ServerState, target: TargetSession): boolean {
  switch (target) {
    case "any":
      return true;
    case "read-write":
      return !standby && !readOnly;
    case "read-only":
      return standby || readOnly;
    case "primary":
      return !standby;
    case "standby":
    case "prefer-standby":
      return standby;
  }
}
