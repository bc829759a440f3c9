import { quoteLiteral } from "../../database/quote.ts";
import type { Migration } from "../../files/migration.ts";
import { describeStatements } from "../../files/statement-kind.ts";
import type { PlanStep } from "../../plan/plan.ts";
import type { RunContext } from "../session/run-context.ts";

/**
 * Has the server look whether we are still there, so that the statement of a process that was killed ends soon and the next
 * start need not wait for it. Servers on some systems refuse it, and do without.
 */
const NOTICE_OUR_END = `BEGIN
    PERFORM pg_catalog.set_config('client_connection_check_interval', '2s', true);
  EXCEPTION WHEN OTHERS THEN NULL; END;`;

/** More is cut off by the server; a name is nicer to read whole. */
const LONGEST_NAME = 63;

/** The limits of one transaction or session of ours, in milliseconds; 0: none. */
export interface Limits {
  readonly lockTimeout: number;
  readonly statementTimeout?: number;
}

/**
 * The settings that hold for one transaction of ours, as calls for a PL/pgSQL block: no limit that a role or a database has
 * holds for a migration. PGlite is sent no timeout at all. What a file has set for its session itself is left as it is.
 */
export function transactionSettings(
  context: Pick<RunContext, "connection" | "serverVersionNumber" | "role" | "pooled">,
  limits: Limits,
  applicationName: string,
  setByFile: ReadonlySet<string> = new Set(),
): readonly string[] {
  const settings: [name: string, value: string][] = [
    ["application_name", applicationName],
    ...limitsOf(context, limits).filter(([name]) => !setByFile.has(name)),
  ];
  if (context.pooled && context.role !== undefined) settings.push(["role", context.role]);
  const calls = settings.map(([name, value]) => `PERFORM ${setting(name, value, true)};`);
  const looks = context.connection.driver !== "pglite" && context.serverVersionNumber >= 140_000;
  return looks ? [...calls, NOTICE_OUR_END] : calls;
}

/** The same for a session of our own, as one statement; nothing through a pooler, whose sessions are everybody's. */
export function ownSessionSettings(
  context: Pick<RunContext, "connection" | "serverVersionNumber" | "pooled">,
  limits: Limits,
  applicationName?: string,
  setByFile: ReadonlySet<string> = new Set(),
): readonly string[] {
  if (context.pooled) return [];
  const settings = limitsOf(context, limits).filter(([name]) => !setByFile.has(name));
  if (applicationName !== undefined) settings.push(["application_name", applicationName]);
  if (settings.length === 0) return [];
  return [`SELECT ${settings.map(([name, value]) => setting(name, value, false)).join(", ")}`];
}

/**
 * What holds for a session of our own from the moment that it tries to get the run lock: nothing of ours is ended by a limit
 * of the role or the database, nor by being idle for as long as a pause takes.
 */
export function lastingSettings(context: RunContext): readonly string[] {
  const { connection, pooled, serverVersionNumber } = context;
  if (pooled || connection.driver === "pglite") return [];
  const idle = serverVersionNumber < 140_000 ? [] : [`SELECT ${setting("idle_session_timeout", "0", false)}`];
  return [...ownSessionSettings(context, { lockTimeout: 0 }), ...idle].map((statement) => `${statement};`);
}

/** The limits as settings of the server; none for PGlite. */
export function limitsOf(
  { connection, serverVersionNumber }: Pick<RunContext, "connection" | "serverVersionNumber">,
  { lockTimeout, statementTimeout = 0 }: Limits,
): [name: string, value: string][] {
  if (connection.driver === "pglite") return [];
  return [
    ["lock_timeout", String(lockTimeout)],
    ["statement_timeout", String(statementTimeout)],
    ["idle_in_transaction_session_timeout", "0"],
    ...(serverVersionNumber >= 170_000 ? [["transaction_timeout", "0"] as [string, string]] : []),
  ];
}

function setting(name: string, value: string, local: boolean): string {
  return `pg_catalog.set_config(${quoteLiteral(name)}, ${quoteLiteral(value)}, ${local})`;
}

/** What operators and waiting servers see of a step: which one it is, and who runs it. */
export function stepName(
  { writer }: Pick<RunContext, "writer">,
  step: PlanStep,
  number: number,
  steps: number,
): string {
  const what = `gander ${step.direction} ${number + 1}/${steps} ${step.migration.version}`;
  const room = LONGEST_NAME - what.length - `${writer.processId}`.length - 4;
  // Other characters would be question marks.
  const host = writer.host.replaceAll(/[^\x21-\x7e]/g, "?").slice(0, Math.max(0, room));
  return `${what} (${host}:${writer.processId})`;
}

/** How long the statements of a migration wait for a lock that others queue behind. */
export function lockTimeoutOf({ lockTimeout }: Pick<RunContext, "lockTimeout">, { directives }: Migration): number {
  return directives.lockTimeout ?? lockTimeout;
}

/** The same for a step in a transaction: one that only validates constraints blocks nobody while it waits. */
export function lockTimeoutOfStep(
  context: Pick<RunContext, "lockTimeout">,
  { migration, direction }: PlanStep,
): number {
  const { directives, text } = migration;
  if (directives.lockTimeout === undefined && /validate\s+constraint/i.test(text)) {
    const facts = (migration[direction] ?? []).flatMap(({ sql }) => describeStatements(sql));
    if (facts.length > 0 && facts.every(({ waitsWithoutBlocking }) => waitsWithoutBlocking)) return 0;
  }
  return lockTimeoutOf(context, migration);
}
