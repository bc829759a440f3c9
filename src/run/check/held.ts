import { quoteLiteral } from "../../database/quote.ts";
import { HistoryError } from "../../errors.ts";
import { quoteLogTable } from "../../history/table-name.ts";
import type { PlanStep } from "../../plan/plan.ts";
import type { RunContext } from "../session/run-context.ts";

/**
 * Stops a server that would apply again what somebody has rolled back: an image that still carries the very migration, and
 * restarts. A changed file is another migration, and a person who types `gander up` wants it applied.
 *
 * @throws HistoryError that says since when and by whom each is held
 */
export async function checkHeld(context: RunContext, steps: readonly PlanStep[]): Promise<void> {
  const pending = new Map(steps.map(({ migration }) => [migration.version, migration]));
  const versions = quoteLiteral(`{${[...pending.keys()].join(",")}}`);
  const [result] = await context.connection.send(
    `SELECT version_id, event, checksum, pg_catalog.to_json("timestamp") #>> '{}', database_user, runner_host, runner_pid
FROM (SELECT DISTINCT ON (version_id) * FROM ${quoteLogTable(context.table)} WHERE version_id = ANY (${versions}::bigint[])
  AND event IN ('applied', 'rolled back', 'adopted', 'baselined') ORDER BY version_id, id DESC) AS l ORDER BY version_id`,
  );
  const held = (result?.rows ?? []).flatMap(([id, event, checksum, since, user, host, processId]) => {
    const migration = pending.get(BigInt(id ?? 0));
    if (migration === undefined || event !== "rolled back" || migration.checksum !== checksum) return [];
    const { version, name } = migration;
    return [
      { version, said: `${name} is held: it was rolled back on ${since} by ${user} (process ${processId} on ${host})` },
    ];
  });
  if (held.length === 0) return;
  throw new HistoryError(
    "GANDER_HISTORY_HELD",
    `${held.map(({ said }) => said).join("\n")}\nA server that starts does not apply again what was rolled back`,
    {
      hint: [
        "Deploy an image without it, or with a mended file of the same version; or, if it is to be applied again after all:",
        "  gander up",
      ].join("\n"),
      versions: held.map(({ version }) => version),
    },
  );
}
