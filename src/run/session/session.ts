import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { setImmediate } from "node:timers/promises";
import type { Connection, Database } from "../../database/connection.ts";
import { PostgresError } from "../../database/postgres-error.ts";
import { quoteIdentifier, quoteLiteral } from "../../database/quote.ts";
import { ConfigError } from "../../errors.ts";
import type { EventListener } from "../../events.ts";
import { type OpenMigrations, openMigrations } from "../../files/open-migrations.ts";
import { type Fingerprint, readFingerprints } from "../../files/read-fingerprints.ts";
import { type MigrationSet, parseMigrations, type ReadOptions } from "../../files/read-migrations.ts";
import { checkSum } from "../../files/sum/check-sum.ts";
import { deploymentOf } from "../../history/deployment.ts";
import { digestFiles, digestTexts } from "../../history/digest.ts";
import { readState } from "../../history/read-state.ts";
import { type ExpectedDigest, readSummary } from "../../history/read-summary.ts";
import type { TableName } from "../../history/table-name.ts";
import type { MigrationsInput } from "../../options.ts";
import type { HeldPolicy, Policies } from "../../plan/plan.ts";
import { checkState, type UsableState } from "./check-state.ts";
import type { FormerBackend, RunContext } from "./run-context.ts";

/** Turns of the event loop until the first message of a connection is on its way. */
const TURNS = 4;

/** What all runs of a migrator have in common. Times in milliseconds. */
export interface RunSettings {
  readonly database: Database;
  readonly migrations: MigrationsInput;
  readonly readOptions: ReadOptions;
  readonly tableName: TableName;
  readonly role: string | undefined;
  readonly policies: Policies;
  readonly lockTimeout: number;
  readonly lockRetry: number;
  readonly statementTimeout: number;
  readonly wait: number | undefined;
  /** As the program calls itself. */
  readonly applicationName?: string | undefined;
  /** How long a lost connection is tried to be replaced. */
  readonly reconnect: number;
  readonly emit: EventListener;
  /** What an Up holds itself to besides its plan. */
  readonly minVersion?: bigint;
  readonly maxVersion?: bigint;
  readonly heldVersions?: HeldPolicy;
  /** Where a run may take several sessions; otherwise each has its own. */
  readonly runId?: string;
}

/** The migration files, read; parsed when first needed. */
export interface Source extends ExpectedDigest {
  readonly fingerprints: readonly Fingerprint[] | undefined;
  /** @throws FileError with the problems of all files */
  readonly files: () => MigrationSet;
}

async function openSource({ migrations }: RunSettings): Promise<OpenMigrations> {
  // The connection is to be on its way first: while the server makes a session for us, we have the time to read.
  for (let turn = 0; turn < TURNS; turn++) await setImmediate();
  return openMigrations(migrations);
}

async function readSource(opened: OpenMigrations, { readOptions }: RunSettings): Promise<Source> {
  checkSum(opened);
  const fingerprints = await readFingerprints(opened);
  let parsed: MigrationSet | undefined;
  const files = (): MigrationSet => (parsed ??= parseMigrations(opened, readOptions));
  const isTold = fingerprints === undefined || fingerprints.length === 0;
  if (isTold) files();
  return {
    fingerprints,
    ofTexts: isTold ? undefined : digestTexts(fingerprints),
    ofFiles: () => digestFiles(files().migrations),
    files,
  };
}

/** A connection with what one round trip told about server and history, and the files. */
export interface Session {
  readonly context: RunContext;
  readonly source: Source;
  readonly state: UsableState;
}

/**
 * Connects and reads the files at the same time, then the history in one round trip. `rows: "always"` reads the history's
 * rows even where all is applied.
 */
export async function openSession(
  settings: RunSettings,
  signal: AbortSignal,
  rows: "always" | "if-needed",
  former?: FormerBackend,
): Promise<Session> {
  const connecting = settings.database.connect();
  const opening = openSource(settings);
  const reading = opening.then(async (opened) => {
    const source = await readSource(opened, settings);
    if (rows === "always") source.files();
    return source;
  });
  reading.catch(() => undefined);
  const connection = await connecting.catch(async (error: unknown) => {
    // What is wrong with the files is told first.
    await reading;
    throw error;
  });
  try {
    const { tableName, role } = settings;
    // A folder that has a sum is held against it before the server is asked anything.
    if (rows === "always" || (await opening).sum !== undefined) await reading;
    if (role !== undefined) await checkRole(connection, role);
    const found =
      rows === "always"
        ? await readState(connection, tableName, "rows", role)
        : await readSummary(connection, tableName, reading, role);
    const source = await reading;
    const state = checkState(found, tableName);
    const context = createContext(settings, connection, state, signal, former);
    // A pooled connection becomes the role in each transaction instead.
    if (role !== undefined && !context.pooled) {
      await connection.keepSession?.();
      await connection.send(`SET ROLE ${quoteIdentifier(role)}`);
    }
    tell(context, settings, source, state);
    return { context, source, state };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** @throws ConfigError where the connection may not become the role */
async function checkRole(connection: Connection, role: string): Promise<void> {
  try {
    await connection.send(`SELECT pg_catalog.set_config('role', ${quoteLiteral(role)}, true)`);
  } catch (error) {
    if (!(error instanceof PostgresError)) throw error;
    throw new ConfigError(`migrations cannot run as the role ${role}: ${error.fields.message}`, {
      hint: `Check its name (--role); the connection's user must be a member of it: GRANT ${quoteIdentifier(role)} TO the user`,
      cause: error,
    });
  }
}

function createContext(
  settings: RunSettings,
  connection: Connection,
  state: UsableState,
  signal: AbortSignal,
  former: FormerBackend | undefined,
): RunContext {
  const { database, role, lockTimeout, lockRetry, statementTimeout, wait, emit, runId = randomUUID() } = settings;
  const deployment = deploymentOf(settings.readOptions.env ?? process.env);
  const pooled = connection.keyProcessId !== undefined && connection.keyProcessId !== state.backendId;
  return {
    database,
    connection,
    table: state.table,
    pooled,
    serverVersionNumber: state.serverVersionNumber,
    backendId: state.backendId,
    former: pooled ? undefined : former,
    writer: { host: hostname(), processId: process.pid, runId, deployment, applicationName: settings.applicationName },
    role,
    lockTimeout,
    lockRetry,
    statementTimeout,
    wait,
    signal,
    emit,
    token: `gander:${randomUUID().slice(-12)}`,
  };
}

function tell(context: RunContext, settings: RunSettings, source: Source, state: UsableState): void {
  const { emit, pooled } = context;
  emit({ type: "connected", database: settings.database.description, serverVersion: state.serverVersion, pooled });
  const present = new Set(state.rows?.filter(({ dirty }) => !dirty).map(({ version }) => version));
  const versions = (source.fingerprints ?? source.files().migrations).map(({ version }) => version);
  const pending = state.rows === undefined ? 0 : versions.filter((version) => !present.has(version)).length;
  emit({
    type: "checked",
    table: `${state.table.schema}.${state.table.name}`,
    historyExists: state.exists,
    applied: state.applied,
    files: versions.length,
    pending,
  });
}
