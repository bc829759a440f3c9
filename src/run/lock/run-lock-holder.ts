import type { Result } from "../../database/connection.ts";
import type { LockHolder } from "../../events.ts";
import type { HistoryRow } from "../../history/history.ts";

/** The session that holds the run lock, as the server tells of it. */
export interface HoldingSession {
  readonly backendId: number;
  readonly user: string | null | undefined;
  readonly applicationName: string | null | undefined;
  readonly clientAddress: string | null | undefined;
  /** When it began, ISO 8601. */
  readonly since: string | null | undefined;
}

/** Reads the answer to the question who holds the lock. */
export function parseHolder(result: Result | undefined): HoldingSession | undefined {
  const row = result?.rows[0];
  if (row === undefined) return undefined;
  const [backendId, user, applicationName, clientAddress, since] = row;
  return { backendId: Number(backendId), user, applicationName, clientAddress, since };
}

/** The name that a session has while it is at work on a step. */
const STEP_NAME = /^gander (up|down) (\d+)\/(\d+) (\d+)(?: \((.*):(\d+)\))?$/;

/**
 * Who holds the run lock, and what it is at work on: from the name of its session, from what is under way outside a
 * transaction, and from what it has written to the history before.
 */
export function describeHolder(session: HoldingSession, rows: readonly HistoryRow[]): LockHolder {
  const { backendId, user, applicationName, clientAddress, since } = session;
  const written = rows.filter((row) => isOf(row, session));
  const running = written.find(({ state }) => state === "running");
  const runner = (running ?? written[0])?.runner;
  const [, direction, step, steps, version, host, processId] = STEP_NAME.exec(applicationName ?? "") ?? [];
  return {
    backendId,
    ...(user && { user }),
    ...(applicationName && { applicationName }),
    ...(clientAddress && { clientAddress }),
    ...(since && { since }),
    ...(runner !== undefined
      ? { host: runner.host, processId: runner.processId }
      : host !== undefined && { host, processId: Number(processId) }),
    ...(version !== undefined
      ? {
          migration: {
            direction: direction === "down" ? "down" : "up",
            version: BigInt(version),
            ...nameOf(rows, BigInt(version)),
            step: Number(step),
            steps: Number(steps),
          },
        }
      : running !== undefined && {
          migration: { direction: running.direction, version: running.version, name: running.name },
        }),
  };
}

function isOf({ runner }: HistoryRow, { backendId, since }: HoldingSession): boolean {
  if (runner?.backendId !== backendId) return false;
  return since === null || since === undefined || Date.parse(runner.backendStart) === Date.parse(since);
}

function nameOf(rows: readonly HistoryRow[], version: bigint): { readonly name?: string } {
  const name = rows.find((row) => row.version === version)?.name;
  return name === undefined || name === "" ? {} : { name };
}

/** Who is at work, in a sentence. */
export function whoWorks(holder: LockHolder | undefined): string {
  if (holder === undefined) return "another gander is at work";
  const { backendId, processId, host, user, applicationName, clientAddress, since, migration } = holder;
  const who = [
    processId === undefined ? undefined : `process ${processId} on ${host}`,
    `backend ${backendId}`,
    user && `user ${user}`,
    applicationName && `application ${applicationName}`,
    clientAddress && `from ${clientAddress}`,
    since && `connected since ${since}`,
  ].filter(Boolean);
  const at = migration === undefined ? "" : ` on ${migration.name ?? migration.version}`;
  const place = migration?.step === undefined ? "" : ` (${migration.step} of ${migration.steps})`;
  return `another gander (${who.join(", ")}) is at work${at}${place}`;
}
