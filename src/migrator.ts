import type { Database } from "./database/connection.ts";
import { openDatabase } from "./database/open-database.ts";
import type { AdoptPlan } from "./history/adopt/adoption.ts";
import type { LogFilter } from "./history/read-log.ts";
import { historyOf } from "./history/read-state.ts";
import { DEFAULT_TABLE, describeTable, parseTableName } from "./history/table-name.ts";
import type { MigratorOptions } from "./options.ts";
import { compareVersions } from "./plan/compare.ts";
import type { HeldPolicy, Plan, PlanWarning, VersionStatus } from "./plan/plan.ts";
import type { DownTarget } from "./plan/plan-down.ts";
import { planUp, type UpTarget } from "./plan/plan-up.ts";
import type { AdoptRequest } from "./run/adopt/adopt.ts";
import type { BaselinePlan, BaselineRequest } from "./run/adopt/baseline.ts";
import { type Confirmation, planRollback, runDown } from "./run/down.ts";
import { checkResumable } from "./run/repair/ran-text.ts";
import { combineSignals } from "./run/session/run-limits.ts";
import type { RepairMark, RepairPlan } from "./run/repair/repair-plan.ts";
import type { RunResult } from "./run/result.ts";
import { explainChanges } from "./run/failure/explain-changes.ts";
import { warnOfOtherTool, withOtherTool } from "./run/adopt/other-tool.ts";
import type { GiveBackPlan, GiveBackRequest } from "./run/adopt/give-back.ts";
import { inSession, runInSession } from "./run/session/in-session.ts";
import { createMemory, type RunMemory } from "./run/session/run-memory.ts";
import type { RunSettings, Session } from "./run/session/session.ts";
import type { Log, LogVerification } from "./run/show-log.ts";
import { tellOrigins } from "./run/failure/tell-origins.ts";
import { runUp } from "./run/up.ts";

export type {
  AdoptPlan,
  AdoptRequest as AdoptOptions,
  BaselinePlan,
  BaselineRequest as BaselineOptions,
  Confirmation,
  GiveBackPlan,
  GiveBackRequest as GiveBackOptions,
  RepairPlan,
};

export interface UpOptions {
  /** Up to and with this version. */
  readonly to?: bigint;
  /** At most this many migrations. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
  /** The newest applied version must be at least this afterwards. */
  readonly minVersion?: bigint;
  /** The newest applied version must not be above this: then nothing is applied. */
  readonly maxVersion?: bigint;
  /** What about versions that somebody has rolled back, and whose file is as it was: `apply` by default. */
  readonly heldVersions?: HeldPolicy;
}

export interface DownOptions {
  /** Roll back everything above this version; without it, the version that was applied last. */
  readonly to?: bigint;
  readonly signal?: AbortSignal;
  /** Called where a person would be asked; the run goes on only on `true`. Without it nothing is asked. */
  readonly confirm?: (question: Confirmation) => Promise<boolean>;
  /** A version with an empty or missing Down leaves the history without anything being undone; otherwise it stops the run. */
  readonly allowEmptyDown?: boolean;
}

export interface Status {
  /** `schema.table` */
  readonly table: string;
  readonly historyExists: boolean;
  /** The newest applied version; 0 where nothing is applied. */
  readonly version: bigint;
  /** By ascending version. */
  readonly versions: readonly VersionStatus[];
  /** The tool whose history was adopted has been at work since. */
  readonly warnings: readonly PlanWarning[];
}

export interface RepairOptions {
  /** The version to repair; without it, the only dirty one. */
  readonly version?: bigint;
  readonly mark?: RepairMark;
  readonly confirm?: (question: RepairPlan) => Promise<boolean>;
}

/** Which way a plan goes. */
export type PlanOptions = (UpOptions & { direction?: "up" }) | (DownOptions & { direction: "down" });

/** Migrates one database from one set of files. Connects when first needed, and anew for each call. */
export interface Migrator extends AsyncDisposable {
  up(options?: UpOptions): Promise<RunResult>;
  down(options?: DownOptions): Promise<RunResult>;
  /** Rolls the version that was applied last back and applies it again. */
  redo(options?: DownOptions): Promise<RunResult>;
  /** Rolls back all applied versions that have files. */
  reset(options?: DownOptions): Promise<RunResult>;
  status(): Promise<Status>;
  /** The newest applied version; 0 where nothing is applied. */
  version(): Promise<bigint>;
  /** What `up` (or `down`) would do, without doing it. */
  plan(options?: PlanOptions): Promise<Plan>;
  /** What would be sent for a plan, as SQL text for a reviewer; variables stand unreplaced. */
  renderPlan(plan: Plan): Promise<string>;
  /** Gets a version that stopped half way out of its state; runs no statement of the migration. */
  repair(options?: RepairOptions): Promise<RepairPlan>;
  /** Takes over the text of an applied file that has changed since. */
  accept(version: bigint): Promise<void>;
  /** Takes over what another tool has applied; nothing of any migration runs. */
  adopt(options?: AdoptRequest): Promise<AdoptPlan>;
  /** Writes what is applied into goose's table, so that one can go back to goose. */
  giveBack(options?: GiveBackRequest): Promise<GiveBackPlan>;
  /** Marks the database as being at a version: all files up to it count as applied, and none of them runs. */
  baseline(version: bigint, options?: BaselineRequest): Promise<BaselinePlan>;
  /** The events of the log, newest first. */
  log(options?: LogFilter): Promise<Log>;
  /** Looks for events that were edited, removed, put in or moved; `head`: a hash that was kept and must still be there. */
  verifyLog(options?: { readonly head?: string }): Promise<LogVerification>;
  close(): Promise<void>;
}

const LOCK_TIMEOUT_MS = 2_000;
const LOCK_RETRY_MS = 600_000;
const RECONNECT_MS = 60_000;

/**
 * Makes a migrator. Nothing is connected yet.
 *
 * @example
 * await using migrator = createMigrator({ database: "postgres://localhost/app", migrations: "./migrations" });
 * const { steps } = await migrator.up();
 * @throws ConfigError for a database or a table name that cannot be understood
 */
export function createMigrator(options: MigratorOptions): Migrator {
  const settings = readOptions(options);
  let queue: Promise<unknown> = Promise.resolve();

  /** Calls go one after the other: a Client, or PGlite, has one session. */
  function withSession<T>(
    rows: "always" | "if-needed",
    signal: AbortSignal | undefined,
    work: (session: Session) => Promise<T>,
    memory?: RunMemory,
    own: RunSettings = settings,
  ): Promise<T> {
    const turn = queue.then(async () => {
      const limits = combineSignals(options.signal, options.timeout, signal);
      try {
        return memory === undefined
          ? await inSession(own, limits.signal, rows, work)
          : await runInSession(settings, limits.signal, rows, memory, work);
      } catch (error) {
        throw await tellOrigins(error, own.migrations);
      } finally {
        limits.dispose();
      }
    });
    queue = turn.catch(() => undefined);
    return turn;
  }

  const apply = (
    target: UpTarget,
    signal: AbortSignal | undefined,
    rows: "always" | "if-needed",
    adapt: (session: Session) => Session,
    own: RunSettings = settings,
  ): Promise<RunResult> => {
    const memory = createMemory();
    return withSession(rows, signal, (session) => runUp(own, adapt(session), target, memory), memory);
  };
  const rollBack = (target: DownTarget, options: DownOptions): Promise<RunResult> => {
    const { signal, confirm, allowEmptyDown = false } = options;
    const memory = createMemory();
    const work = (session: Session) => runDown(settings, session, target, { allowEmptyDown }, confirm, memory);
    return withSession("always", signal, work, memory);
  };

  /** What has nothing to do with the files is there without them, too. */
  const withoutFiles = <T>(work: (session: Session) => Promise<T>): Promise<T> =>
    withSession("always", undefined, work, undefined, { ...settings, migrations: [] });

  const close = async (): Promise<void> => {
    await queue;
    await settings.database.close();
  };

  return {
    up: ({ to, limit, signal, ...guards } = {}) =>
      apply({ to, limit }, signal, "if-needed", (session) => session, { ...settings, ...guards }),
    down: (downOptions = {}) =>
      rollBack(downOptions.to === undefined ? "last" : { above: downOptions.to }, downOptions),
    reset: (downOptions = {}) => rollBack("all", downOptions),
    redo: async (downOptions = {}) => {
      const down = await rollBack("last", downOptions);
      const [first] = down.steps;
      if (first === undefined) return down;
      const policies = { ...settings.policies, missing: "apply", changedFiles: "ignore" } as const;
      const unseen = (session: Session) => ({ ...session, source: { ...session.source, ofFiles: () => "" } });
      const up = await apply({ only: first.version }, downOptions.signal, "always", unseen, { ...settings, policies });
      return {
        ...up,
        steps: [...down.steps, ...up.steps],
        from: down.from,
        durationMs: down.durationMs + up.durationMs,
        logHead: up.logHead ?? down.logHead,
      };
    },
    status: () =>
      withSession("always", undefined, async ({ context, source, state }) => ({
        table: describeTable(state.table),
        historyExists: state.exists,
        version: state.newest,
        versions: compareVersions(source.files().migrations, state.rows ?? []),
        warnings: await warnOfOtherTool(context, state, "any"),
      })),
    version: () => withSession("always", undefined, async ({ state }) => state.newest),
    plan: (planOptions = {}) =>
      withSession("always", planOptions.signal, async (session) => {
        const { context, source, state } = session;
        if (planOptions.direction !== "down") {
          const { migrations } = source.files();
          await checkResumable(context, migrations, state.rows ?? []);
          const plan = await explainChanges(context, migrations, () =>
            planUp(migrations, historyOf(state), planOptions, settings.policies),
          );
          return await withOtherTool(context, state, plan, "any");
        }
        const { to, allowEmptyDown = false } = planOptions;
        return await planRollback(settings, session, state, to === undefined ? "last" : { above: to }, {
          allowEmptyDown,
        });
      }),
    renderPlan: (plan) =>
      withSession("always", undefined, async ({ context }) =>
        (await import("./run/render-plan.ts")).renderPlan(context, plan),
      ),
    repair: ({ version, mark = "resumable", confirm } = {}) =>
      withSession("always", undefined, async (session) =>
        (await import("./run/repair/run-repair.ts")).runRepair(settings, session, { version, mark, confirm }),
      ),
    accept: (version) =>
      withSession("always", undefined, async (session) =>
        (await import("./run/repair/accept.ts")).runAccept(settings, session, version),
      ),
    adopt: (request = {}) =>
      // The files are read when it is known which tool's they are.
      withoutFiles(async (session) => (await import("./run/adopt/adopt.ts")).runAdopt(settings, session, request)),
    log: (filter = {}) =>
      withoutFiles(async (session) => (await import("./run/show-log.ts")).showLog(settings, session, filter)),
    verifyLog: (options = {}) =>
      withoutFiles(async (session) => (await import("./run/show-log.ts")).verifyHistory(session, options)),
    giveBack: (request = {}) =>
      withoutFiles(async (session) =>
        (await import("./run/adopt/give-back.ts")).runGiveBack(settings, session, request),
      ),
    baseline: (version, request = {}) =>
      withSession("always", undefined, async (session) =>
        (await import("./run/adopt/baseline.ts")).runBaseline(settings, session, version, request),
      ),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function readOptions(options: MigratorOptions): RunSettings {
  const { env = process.env, allowUnsetEnv = false, applicationName } = options;
  const database: Database = openDatabase(options.migrationUrl ?? options.database, {
    env,
    ...(applicationName !== undefined && { applicationName }),
  });
  return {
    database,
    migrations: options.migrations,
    readOptions: { env, allowUnsetEnv },
    tableName: options.table === undefined ? DEFAULT_TABLE : parseTableName(options.table),
    role: options.role,
    applicationName,
    policies: {
      missing: options.missing ?? "error",
      unknownVersions: options.unknownVersions ?? "allow",
      changedFiles: options.changedFiles ?? "error",
    },
    lockTimeout: options.lockTimeout ?? LOCK_TIMEOUT_MS,
    lockRetry: options.lockRetry ?? LOCK_RETRY_MS,
    statementTimeout: options.statementTimeout ?? 0,
    wait: options.wait,
    reconnect: options.reconnect ?? RECONNECT_MS,
    emit: options.onEvent ?? (() => undefined),
  };
}
