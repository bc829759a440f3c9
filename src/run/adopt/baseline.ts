import { PostgresError } from "../../database/postgres-error.ts";
import { ConfirmationError, UsageError } from "../../errors.ts";
import { quoteLiteral } from "../../database/quote.ts";
import type { Migration } from "../../files/migration.ts";
import { findToolTables } from "../../history/adopt/read-tool.ts";
import { recordTakenOver } from "../../history/adopt/record-adopted.ts";
import { toolsWithColumns } from "../../history/foreign-table.ts";
import { createTables } from "../../history/layout.ts";
import { describeTable } from "../../history/table-name.ts";
import { doBlock } from "../../history/do-block.ts";
import { checkLayout, checkState, checkWritable, type UsableState } from "../session/check-state.ts";
import { explainCreation, prepareOrStop } from "../session/prepare-history.ts";
import { rollBack, type RunContext, send } from "../session/run-context.ts";
import { takeRunLock } from "../lock/run-lock.ts";
import { sendLogged, tellNewest } from "../step/send-logged.ts";
import type { RunSettings, Session } from "../session/session.ts";
import { tryLock } from "../step/step-message.ts";
import { transactionSettings } from "../step/transaction-settings.ts";
import { release } from "../up.ts";

/** What `baseline` is going to do, and has done. */
export interface BaselinePlan {
  readonly version: bigint;
  /** Our history, `schema.table`. */
  readonly table: string;
  /** What counts as applied from now on, without having been run by gander. */
  readonly versions: readonly { readonly version: bigint; readonly name: string }[];
  /** The files that are left for the next `up`. */
  readonly pending: readonly { readonly version: bigint; readonly name: string }[];
  /** How many tables, views and functions the database has, gander's own aside. */
  readonly objects: number;
  /** Other tools' tables that are there: what they know could be adopted. */
  readonly otherTools: readonly { readonly tool: string; readonly table: string }[];
}

/** What is to be marked, and how. */
export interface BaselineRequest {
  /** A database without any table, view or function may be marked, too. */
  readonly allowEmpty?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  readonly confirm?: ((question: BaselinePlan) => Promise<boolean>) | undefined;
}

/**
 * Marks a database as being at a version: all files up to it count as applied. Nothing of them runs.
 *
 * @throws UsageError where no file has the version, something is applied already, or the database is empty
 */
export async function runBaseline(
  settings: RunSettings,
  { context, source, state }: Session,
  version: bigint,
  request: BaselineRequest,
): Promise<BaselinePlan> {
  const { migrations } = source.files();
  const look = async (current: UsableState): Promise<BaselinePlan> => {
    checkLayout(current);
    checkNothingApplied(current);
    const objects = await countObjects(context);
    if (objects === 0 && request.allowEmpty !== true) throw emptyError(version);
    return { ...planOf(migrations, current, version, objects), otherTools: await findOtherTools(context) };
  };
  const first = await look(state);
  if (request.dryRun === true) return first;
  checkWritable(state);
  if (request.confirm !== undefined && !(await request.confirm(first))) {
    throw new ConfirmationError("not confirmed: nothing was changed", { hint: "Answer yes, or say --yes." });
  }
  const outcome = await takeRunLock(context, settings.tableName, "rows", () => false);
  try {
    const current = checkState(outcome.state, settings.tableName);
    const plan = await look(current);
    if (current.exists) await prepareOrStop(context, current);
    const taken = migrations.filter((migration) => migration.version <= version);
    await record(context, current.exists, taken, version);
    return plan;
  } finally {
    await release(context);
  }
}

async function record(
  context: RunContext,
  exists: boolean,
  migrations: readonly Migration[],
  version: bigint,
): Promise<void> {
  const { table, writer, pooled, lockTimeout } = context;
  const versions = migrations.map((migration) => ({
    version: migration.version,
    name: migration.name,
    appliedAt: undefined,
    migration,
    source: "baseline",
  }));
  const begin = doBlock(
    `BEGIN ${transactionSettings(context, { lockTimeout }, "gander baseline").join(" ")} ${pooled ? tryLock(context) : ""} END`,
  );
  const statements = [
    "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
    begin,
    ...(exists ? [] : createTables(table)),
    ...recordTakenOver(table, versions, "baselined", `baseline at ${version}`, writer),
    tellNewest(context),
    "COMMIT",
  ];
  try {
    await sendLogged(context, statements.join(";\n"), { again: false });
  } catch (error) {
    await rollBack(context.connection).catch(() => undefined);
    throw !exists && error instanceof PostgresError ? explainCreation(context, error) : error;
  }
}

function planOf(
  migrations: readonly Migration[],
  { table }: UsableState,
  version: bigint,
  objects: number,
): Omit<BaselinePlan, "otherTools"> {
  if (!migrations.some((migration) => migration.version === version)) {
    throw new UsageError(`there is no migration with version ${version}`, {
      hint: "Name the version of the newest file whose changes the database has. gander status lists the versions.",
    });
  }
  const named = migrations.map(({ version, name }) => ({ version, name }));
  return {
    version,
    table: describeTable(table),
    versions: named.filter((one) => one.version <= version),
    pending: named.filter((one) => one.version > version),
    objects,
  };
}

/** @throws UsageError */
function checkNothingApplied({ rows = [], table, applied }: UsableState): void {
  if (rows.every(({ state }) => state === "failed")) return;
  throw new UsageError(
    applied > 0
      ? `the history ${describeTable(table)} has ${applied} applied versions already`
      : `the history ${describeTable(table)} has versions that are dirty`,
    {
      hint: "A baseline is for a database that gander has not migrated yet. gander status shows what is there; gander adopt takes over what another tool has applied.",
    },
  );
}

/** Tables in our history's schema that can only be another tool's. */
async function findOtherTools({ connection, table }: RunContext): Promise<BaselinePlan["otherTools"]> {
  const tables = (await findToolTables(connection, undefined)).filter(({ schema }) => schema === table.schema);
  return tables.flatMap((one) => {
    const known = toolsWithColumns(one.columns, one.name).filter(
      ({ found, table: usual }) => found === "shape" || usual === one.name,
    );
    const names = known.map(({ tool }) => tool).join(" or ");
    return names === "" ? [] : [{ tool: names, table: describeTable(one) }];
  });
}

/** Tables, views, sequences and functions of users, but for extensions' and our own. */
async function countObjects(context: RunContext): Promise<number> {
  const { schema, name } = context.table;
  const ours = `n.nspname = ${quoteLiteral(schema)} AND c.relname IN (${quoteLiteral(name)}, ${quoteLiteral(`${name}_log`)})`;
  const user = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";
  const extension = (catalog: string, oid: string): string =>
    `NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.${catalog}'::regclass AND d.objid = ${oid} AND d.deptype = 'e')`;
  const results = await send(
    context,
    `SELECT (SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE ${user} AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT (${ours}) AND ${extension("pg_class", "c.oid")})
  + (SELECT count(*) FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
      WHERE ${user} AND p.proname <> ${quoteLiteral(`${name}_log_refuse`)} AND ${extension("pg_proc", "p.oid")})`,
  );
  return Number(results.at(-1)?.rows[0]?.[0] ?? 0);
}

function emptyError(version: bigint): UsageError {
  return new UsageError("this database is empty: it has no table, no view and no function", {
    hint: [
      "A baseline marks a database as having what the files up to it make; on an empty one they would never run.",
      `If it is to have them, run gander up. To mark it all the same (the files up to ${version} make nothing of that kind): --allow-empty`,
    ].join("\n"),
  });
}
