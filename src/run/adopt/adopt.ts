import { PostgresError } from "../../database/postgres-error.ts";
import { ConfirmationError, FileError } from "../../errors.ts";
import { listFolderTexts } from "../../files/folder-texts.ts";
import { folderPath } from "../../files/folder-path.ts";
import { readMigrations } from "../../files/read-migrations.ts";
import { type FolderWriting, planFolder, writeFolder } from "../../files/write-folder.ts";
import { planAdoption } from "../../history/adopt/adopt.ts";
import { adoptError } from "../../history/adopt/adopt-error.ts";
import type { Adoption, AdoptPlan } from "../../history/adopt/adoption.ts";
import { type ChosenTool, chooseTool } from "../../history/adopt/choose-tool.ts";
import type { KnownFiles } from "../../history/adopt/known-files.ts";
import { findToolTables, readToolRows } from "../../history/adopt/read-tool.ts";
import { adoptedStateMessage } from "../../history/adopt/adopted-state.ts";
import { type AdoptedState, recordAdopted } from "../../history/adopt/record-adopted.ts";
import { toolOfFiles } from "../../history/adopt/tools.ts";
import { createTables } from "../../history/layout.ts";
import { parseTableName } from "../../history/table-name.ts";
import { checkLayout, checkState, checkWritable, type UsableState } from "../session/check-state.ts";
import { explainCreation, prepareOrStop } from "../session/prepare-history.ts";
import { rollBack, type RunContext, send } from "../session/run-context.ts";
import { takeRunLock } from "../lock/run-lock.ts";
import { sendLogged, tellNewest } from "../step/send-logged.ts";
import type { RunSettings, Session } from "../session/session.ts";
import { beginUnderToolLock, readToolDigest } from "./tool-lock.ts";
import { release } from "../up.ts";

/** What is to be taken over, and from where. */
export interface AdoptRequest {
  readonly tool?: string | undefined;
  /** `[schema.]name` of the other tool's table. */
  readonly tableFrom?: string | undefined;
  /** The other tool's folder, whose files are rewritten. */
  readonly from?: string | URL | undefined;
  /** The new folder that they go into. */
  readonly to?: string | URL | undefined;
  readonly withoutFiles?: boolean | undefined;
  readonly ignoreTimes?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  readonly confirm?: ((question: AdoptPlan) => Promise<boolean>) | undefined;
}

/** What was found, with what writing it takes. */
interface Look {
  readonly adoption: Adoption;
  readonly chosen: ChosenTool;
  readonly writing: FolderWriting | undefined;
}

/**
 * Takes another tool's history over: looks, checks everything, asks, and writes files and history. Nothing of any migration
 * runs, and the other tool's table is only read, under its own lock.
 */
export async function runAdopt(
  settings: RunSettings,
  { context, state }: Session,
  request: AdoptRequest,
): Promise<AdoptPlan> {
  checkLayout(state);
  const first = await look(settings, context, state, request);
  const { adoption: found } = first;
  if (request.dryRun === true || isEmpty(found, first.writing)) return planOf(found);
  checkWritable(state);
  if (request.confirm !== undefined && !(await request.confirm(planOf(found)))) {
    throw new ConfirmationError("not confirmed: nothing was changed", { hint: "Answer yes, or say --yes." });
  }
  const outcome = await takeRunLock(context, settings.tableName, "rows", () => false);
  try {
    const current = checkState(outcome.state, settings.tableName);
    checkLayout(current);
    if (current.exists) await prepareOrStop(context, current);
    await beginUnderToolLock(context, first.chosen);
    return await adoptUnderLocks(settings, context, current, request, first);
  } finally {
    await release(context);
  }
}

async function adoptUnderLocks(
  settings: RunSettings,
  context: RunContext,
  state: UsableState,
  request: AdoptRequest,
  first: Look,
): Promise<AdoptPlan> {
  let undo: (() => void) | undefined;
  try {
    const { adoption, chosen, writing } = await look(settings, context, state, request);
    if (textOf(adoption) !== textOf(first.adoption)) throw changedMeanwhile(adoption);
    const digest = await readToolDigest(context, chosen.table);
    if (writing !== undefined) undo = writeFolder(writing);
    const statements = [
      ...(state.exists ? [] : createTables(context.table)),
      ...recordAdopted(context.table, adoption, chosen.table, digest, context.writer),
      tellNewest(context),
      "COMMIT",
    ];
    await sendLogged(context, statements.join(";\n"), { again: false });
    return planOf(adoption);
  } catch (error) {
    undo?.();
    await rollBack(context.connection).catch(() => undefined);
    throw !state.exists && error instanceof PostgresError ? explainCreation(context, error) : error;
  }
}

async function look(
  settings: RunSettings,
  context: RunContext,
  state: UsableState,
  request: AdoptRequest,
): Promise<Look> {
  const { connection } = context;
  const named = request.tableFrom === undefined ? undefined : parseTableName(request.tableFrom);
  const texts = request.from === undefined ? undefined : listFolderTexts(request.from);
  const filesOf = texts === undefined ? undefined : toolOfFiles(texts);
  const tables = await findToolTables(connection, named);
  const chosen = chooseTool(tables, state.table, { tool: request.tool, table: named, filesOf });
  const files = readFiles(settings, chosen, request, texts);
  const rows = await readToolRows(connection, chosen.tool, chosen.table);
  const folder = request.from === undefined ? undefined : folderPath(request.to ?? defaultFolder(settings));
  const adoption = planAdoption({
    chosen,
    rows,
    files,
    folder,
    history: state.rows ?? [],
    shared: await readShared(context, state, chosen),
    table: state.table,
    now: new Date(state.now),
    readOptions: settings.readOptions,
    withoutFiles: request.withoutFiles === true,
    ignoreTimes: request.ignoreTimes === true,
  });
  const writing =
    folder === undefined ? undefined : planFolder(folder, folderPath(request.from as string | URL), adoption.bundle);
  return { adoption, chosen, writing };
}

/** What the tool's table had beside what was adopted from it, when it was taken over last. */
async function readShared(
  context: RunContext,
  { exists }: UsableState,
  { tool }: ChosenTool,
): Promise<ReadonlySet<bigint>> {
  if (!exists) return new Set();
  const results = await send(context, adoptedStateMessage(context.table));
  const note = results.at(-1)?.rows[0]?.[0] ?? "";
  const state = note === "" ? undefined : (JSON.parse(note) as AdoptedState);
  return new Set(state?.tool === tool.name ? state.shared.map(BigInt) : []);
}

function readFiles(
  { migrations, readOptions }: RunSettings,
  { tool }: ChosenTool,
  { from, withoutFiles }: AdoptRequest,
  texts: ReturnType<typeof listFolderTexts> | undefined,
): KnownFiles {
  if (from !== undefined && texts !== undefined) {
    if (tool.readFiles !== undefined) return { kind: "tool", read: tool.readFiles(texts) };
    throw adoptError(
      `${tool.name}'s ${tool.code ? "migrations are programs" : "files are used as they are"}: there is nothing to rewrite`,
      tool.code ? "Leave --from away." : "Leave --from away, and name their folder with --dir.",
    );
  }
  try {
    const read = readMigrations(migrations, readOptions);
    const code = read.warnings
      .filter(({ kind }) => kind === "go-migration" || kind === "script")
      .map(({ file }) => file);
    return { kind: "ours", migrations: read.migrations, code };
  } catch (error) {
    if (!(error instanceof FileError) || tool.readFiles === undefined) throw error;
    if (withoutFiles === true || tool.code) return { kind: "ours", migrations: [], code: [] };
    throw adoptError(
      `${tool.name}'s files have another format than goose's, and the migrations folder has none that can be used: ${error.message}`,
      "Give its folder, to be rewritten:  --from FOLDER --to FOLDER",
    );
  }
}

function defaultFolder({ migrations }: RunSettings): string | URL {
  if (typeof migrations === "string" || migrations instanceof URL) return migrations;
  throw adoptError("the rewritten files have nowhere to go", "Name a folder for them (to).");
}

function isEmpty({ versions, undone, known }: Adoption, writing: FolderWriting | undefined): boolean {
  return versions.length === 0 && undone.length === 0 && known === 0 && (writing?.missing.length ?? 0) === 0;
}

function planOf(adoption: Adoption): AdoptPlan {
  const { bundle, shared, ...plan } = adoption;
  void [bundle, shared];
  return plan;
}

function textOf(adoption: Adoption): string {
  const { versions, undone, bundle } = adoption;
  const facts = versions.map(({ version, appliedAt, migration }) => [String(version), appliedAt, migration?.text]);
  return JSON.stringify([facts, undone.map(({ version }) => String(version)), bundle]);
}

function changedMeanwhile({ tool }: Adoption): ConfirmationError {
  return new ConfirmationError(
    `${tool}'s table, the history or the files have changed meanwhile; nothing was changed`,
    {
      hint: "Start again: it looks anew.",
    },
  );
}
