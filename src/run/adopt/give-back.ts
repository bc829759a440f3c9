import { ConfirmationError } from "../../errors.ts";
import { isAdoptedFrom } from "../../history/adopt/adopt.ts";
import { adoptError } from "../../history/adopt/adopt-error.ts";
import { createGooseTable, type GooseRow, writeGooseRows } from "../../history/adopt/goose-table.ts";
import { findToolTables, readToolRows } from "../../history/adopt/read-tool.ts";
import { recordAdoptedState } from "../../history/adopt/record-adopted.ts";
import type { ToolTable } from "../../history/adopt/tool.ts";
import { goose } from "../../history/adopt/tools/goose.ts";
import { toolsWithColumns } from "../../history/foreign-table.ts";
import type { HistoryRow } from "../../history/history.ts";
import { logEvent } from "../../history/log-event.ts";
import { describeTable, parseTableName, quoteLogTable } from "../../history/table-name.ts";
import { checkLayout, checkState, checkWritable, type UsableState } from "../session/check-state.ts";
import { prepareOrStop } from "../session/prepare-history.ts";
import { rollBack, type RunContext, send } from "../session/run-context.ts";
import { takeRunLock } from "../lock/run-lock.ts";
import { sendLogged, tellNewest } from "../step/send-logged.ts";
import type { RunSettings, Session } from "../session/session.ts";
import { beginUnderToolLock, readToolDigest } from "./tool-lock.ts";
import { release } from "../up.ts";

/** What goose's table gets, so that one can go back to goose. */
export interface GiveBackPlan {
  /** goose's table, `schema.table`. */
  readonly table: string;
  /** Whether it is there already. */
  readonly exists: boolean;
  /** What comes into it, in the order of application. */
  readonly added: readonly GooseRow[];
  /** What is applied there and not here: it leaves the table. */
  readonly removed: readonly bigint[];
}

/** Which table, and how to ask. */
export interface GiveBackRequest {
  /** `[schema.]name` of goose's table, where it has another name than `goose_db_version`. */
  readonly table?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly confirm?: ((question: GiveBackPlan) => Promise<boolean>) | undefined;
}

interface Look {
  readonly plan: GiveBackPlan;
  readonly table: ToolTable;
}

/** Writes what gander has applied into goose's table, so that one can go back to goose. Nothing of any migration runs. */
export async function runGiveBack(
  settings: RunSettings,
  { context, state }: Session,
  request: GiveBackRequest,
): Promise<GiveBackPlan> {
  checkLayout(state);
  const first = await look(context, state, request);
  if (request.dryRun === true || isEmpty(first.plan)) return first.plan;
  checkWritable(state);
  if (request.confirm !== undefined && !(await request.confirm(first.plan))) {
    throw new ConfirmationError("not confirmed: nothing was changed", { hint: "Answer yes, or say --yes." });
  }
  const outcome = await takeRunLock(context, settings.tableName, "rows", () => false);
  try {
    const current = checkState(outcome.state, settings.tableName);
    await prepareOrStop(context, current);
    await beginUnderToolLock(context, { tool: goose, table: first.table }, first.plan.exists);
    return await writeUnderLocks(context, current, request);
  } catch (error) {
    await rollBack(context.connection).catch(() => undefined);
    throw error;
  } finally {
    await release(context);
  }
}

async function writeUnderLocks(
  context: RunContext,
  state: UsableState,
  request: GiveBackRequest,
): Promise<GiveBackPlan> {
  const { plan, table } = await look(context, state, request);
  const statements = [
    ...(plan.exists ? [] : createGooseTable(table)),
    ...writeGooseRows(table, plan.added, plan.removed),
  ];
  await send(context, statements.join(";\n"));
  const digest = await readToolDigest(context, table);
  const { writer } = context;
  const note = `written into goose's table ${plan.table}: ${plan.added.length} added, ${plan.removed.length} removed`;
  const noted = [
    logEvent(context.table, { event: "adopted", note }, writer),
    recordAdoptedState(
      context.table,
      { tool: goose.name, schema: table.schema, name: table.name, digest, shared: sharedOf(state) },
      writer,
    ),
    tellNewest(context),
    "COMMIT",
  ];
  await sendLogged(context, noted.join(";\n"), { again: false });
  return plan;
}

async function look(context: RunContext, state: UsableState, request: GiveBackRequest): Promise<Look> {
  const rows = (state.rows ?? []).filter(({ state: own }) => own !== "failed");
  checkRows(rows, state);
  const name = parseTableName(request.table ?? "goose_db_version");
  const found = (await findToolTables(context.connection, name)).filter(
    (table) => table.name === name.name && table.schema === (name.schema ?? state.table.schema),
  );
  const table = found[0] ?? { schema: name.schema ?? state.table.schema, name: name.name, columns: [] };
  if (found.length > 0 && !toolsWithColumns(table.columns).some(({ tool }) => tool === goose.name)) {
    throw adoptError(
      `the table ${describeTable(table)} is not goose's`,
      "Name another one: --table-from [schema.]name",
    );
  }
  const there = found.length === 0 ? [] : await readToolRows(context.connection, goose, table);
  const applied = goose.interpret(there, { keys: [], files: [] }).applied.map(({ key }) => BigInt(key));
  const theirs = new Set(applied);
  const ours = new Set(rows.map(({ version }) => version));
  const added = rows
    .filter(({ version }) => !theirs.has(version))
    .toSorted((a, b) => (a.sequence < b.sequence ? -1 : 1))
    .map((row): GooseRow => ({ version: row.version, name: row.name, appliedAt: row.timestamp }));
  const removed = applied.filter((version) => !ours.has(version));
  await checkKnown(context, removed, table);
  return { plan: { table: describeTable(table), exists: found.length > 0, added, removed }, table };
}

/** What goose's table has now beside what was adopted from it. */
function sharedOf({ rows = [] }: UsableState): readonly string[] {
  const own = rows.filter((row) => !row.dirty && !isAdoptedFrom(goose.name, row));
  return own.map(({ version }) => String(version));
}

/** What gander never had was not rolled back by it. @throws HistoryError */
async function checkKnown(context: RunContext, versions: readonly bigint[], table: ToolTable): Promise<void> {
  if (versions.length === 0) return;
  const results = await send(
    context,
    `SELECT v FROM unnest('{${versions.join(",")}}'::bigint[]) v WHERE NOT EXISTS (SELECT FROM ${quoteLogTable(context.table)} l
  WHERE l.version_id = v AND l.event IN ('applied', 'adopted', 'baselined')) ORDER BY v`,
  );
  const unknown = (results.at(-1)?.rows ?? []).map(([version]) => BigInt(version ?? 0));
  if (unknown.length === 0) return;
  throw adoptError(
    `goose's table ${describeTable(table)} has ${unknown.length === 1 ? "a version" : `${unknown.length} versions`} that gander's history never had: ${unknown.slice(0, 5).join(", ")}${unknown.length > 5 ? ", …" : ""}`,
    "Take them over first: gander adopt",
    unknown,
  );
}

function checkRows(rows: readonly HistoryRow[], { exists, table }: UsableState): void {
  if (!exists) {
    throw adoptError(`there is no history ${describeTable(table)} to give back to goose`, "Name it with --table.");
  }
  const dirty = rows.filter((row) => row.dirty);
  if (dirty.length === 0) return;
  throw adoptError(
    `${dirty.map(({ name }) => name).join(", ")} is dirty: it is neither applied nor not`,
    `Get it out of that state first: gander repair ${dirty[0]?.version}`,
    dirty.map(({ version }) => version),
  );
}

function isEmpty({ exists, added, removed }: GiveBackPlan): boolean {
  return exists && added.length === 0 && removed.length === 0;
}
