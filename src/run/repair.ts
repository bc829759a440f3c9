import { HistoryError, UsageError } from "../errors.ts";
import { quoteLiteral } from "../database/quote.ts";
import type { Migration } from "../files/migration.ts";
import { fingerprintText } from "../files/fingerprint.ts";
import { describeStatements } from "../files/statement-kind.ts";
import type { HistoryRow } from "../history/history.ts";
import { logEvent } from "../history/record.ts";
import { quoteTable } from "../history/table-name.ts";
import { isAlone } from "./resume-statement.ts";
import { dropInvalidStatement, indexState } from "./concurrent-index.ts";
import { isAlive } from "./alive.ts";
import type { RunContext } from "./run-context.ts";

/** What `repair` makes of a dirty version. */
export type RepairMark = "resumable" | "applied" | "rolled-back";

/** What `repair` found and is going to do. */
export interface RepairPlan {
  readonly version: bigint;
  readonly name: string;
  readonly mark: RepairMark;
  /** One line a statement: what of it is there. */
  readonly findings: readonly string[];
  /** What will be run to clean up, as SQL. */
  readonly cleanup: readonly string[];
}

/** Finds the version to repair. @throws UsageError, HistoryError where its runner is still at work */
export async function chooseDirty(
  context: RunContext,
  rows: readonly HistoryRow[],
  version: bigint | undefined,
): Promise<HistoryRow> {
  const dirty = rows.filter((row) => row.dirty && (version === undefined || row.version === version));
  const [row] = dirty;
  if (row === undefined) {
    throw new UsageError(version === undefined ? "no version is dirty" : `version ${version} is not dirty`, {
      hint: "gander status shows the state of each version.",
    });
  }
  if (dirty.length > 1) {
    throw new UsageError(`${dirty.length} versions are dirty: name the one to repair`, {
      hint: dirty.map((one) => `  gander repair ${one.version}`).join("\n"),
    });
  }
  if (row.state === "running" && (await isAlive(context.connection, row))) {
    throw new HistoryError(
      "GANDER_HISTORY_DIRTY",
      `${row.name} is still being worked on by backend ${row.runner?.backendId}`,
      {
        hint:
          "Wait for it to finish, or end it first: SELECT pg_terminate_backend(" + String(row.runner?.backendId) + ")",
        versions: [row.version],
      },
    );
  }
  return row;
}

/** Looks into the catalog, statement by statement. */
export async function planRepair(
  context: RunContext,
  row: HistoryRow,
  migration: Migration | undefined,
  mark: RepairMark,
): Promise<RepairPlan> {
  const findings: string[] = [];
  const cleanup: string[] = [];
  if (row.state === "failed") findings.push("it failed in a transaction: everything it did was rolled back");
  else if (migration === undefined) findings.push("its file is gone, so its statements cannot be looked at");
  else {
    if (migration.checksum !== row.checksum) findings.push("its file has changed since it ran");
    for (const [at, statement] of (migration[row.direction] ?? []).entries()) {
      const [facts] = describeStatements(statement.sql);
      const index = facts?.index;
      const place = `${migration.path}:${statement.place.line}: statement ${at + 1}`;
      if (index?.name === undefined) {
        findings.push(`${place} ${recordedState(row, at, isAlone(facts === undefined ? [] : [facts]))}`);
        continue;
      }
      const state = await indexState(context.connection, index);
      const words = { valid: "is there and valid", invalid: "is INVALID", missing: "is not there" }[state];
      findings.push(`${place}: index ${index.name.name} ${words}`);
      const drop = state === "invalid" ? await dropInvalidStatement(context.connection, index) : undefined;
      if (drop !== undefined) cleanup.push(drop);
    }
  }
  return { version: row.version, name: row.name, mark, findings, cleanup };
}

function recordedState(row: HistoryRow, at: number, alone: boolean): string {
  if (at < row.statementsDone) return "is done";
  if (at > row.statementsDone) return "did not run";
  if (row.state === "running")
    return alone ? "was under way; whether it happened cannot be told" : "was under way and was rolled back";
  return "failed";
}

/** Cleans up and marks the version; no statement of the migration runs. */
export async function carryOutRepair(context: RunContext, row: HistoryRow, plan: RepairPlan): Promise<void> {
  for (const statement of plan.cleanup) await context.connection.send(statement);
  const where = `WHERE version_id = ${row.version} AND is_dirty`;
  const table = quoteTable(context.table);
  // A transactional Up that failed left nothing behind: without its row the version is simply pending.
  const isPending = plan.mark === "rolled-back" || (plan.mark === "resumable" && row.state === "failed");
  const change = isPending
    ? `DELETE FROM ${table} ${where}`
    : plan.mark === "applied"
      ? `UPDATE ${table} SET is_dirty = false, state = 'applied', direction = 'up', error = NULL, "timestamp" = pg_catalog.clock_timestamp() ${where}`
      : `UPDATE ${table} SET state = 'resumable' ${where}`;
  const log = logEvent(
    context.table,
    {
      event: "repaired",
      version: row.version,
      name: row.name,
      direction: row.direction,
      note: [`marked ${plan.mark}`, ...plan.cleanup].join("; "),
      ...(row.checksum !== undefined && { checksum: row.checksum }),
    },
    context.writer,
  );
  await context.connection.send(["BEGIN", change, log, "COMMIT"].join(";\n"));
}

/** Takes over the text of an applied file that has changed since, and logs it. */
export async function acceptText(context: RunContext, migration: Migration): Promise<void> {
  const { version, name, checksum, text } = migration;
  await context.connection.send(
    [
      "BEGIN",
      `UPDATE ${quoteTable(context.table)} SET checksum = ${quoteLiteral(checksum)}, name = ${quoteLiteral(name)},
  migration_text = ${quoteLiteral(text)}, text_fingerprint = ${fingerprintText(version, text)} WHERE version_id = ${version} AND NOT is_dirty`,
      logEvent(context.table, { event: "accepted", version, name, checksum }, context.writer),
      "COMMIT",
    ].join(";\n"),
  );
}
