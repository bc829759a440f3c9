import { randomUUID } from "node:crypto";
import { quoteLiteral } from "../../database/quote.ts";
import { quoteLogTable } from "../../history/table-name.ts";
import type { DatabaseState } from "../../history/read-state.ts";
import type { Plan, PlanStep } from "../../plan/plan.ts";
import type { StepResult } from "../result.ts";
import type { RunContext } from "./run-context.ts";
import { stepFacts } from "../step/send-batch.ts";

/** What a run keeps when it goes on over another connection. Times in milliseconds. */
export interface RunMemory {
  readonly runId: string;
  /** The rollback that was confirmed, or that needed no question. */
  asked: Plan | undefined;
  /** What the first plan, made under the run lock, wanted done. */
  planned: readonly PlanStep[] | undefined;
  /** The newest applied version before anything was done. */
  from: bigint | undefined;
  /** What is known to be done, in order. */
  readonly done: StepResult[];
  /** The hash of the newest event of the log that is known to be its own. */
  logHead: string | undefined;
  /** How many connections were lost. */
  losses: number;
}

/** A run that has not begun. */
export function createMemory(): RunMemory {
  return {
    runId: randomUUID(),
    asked: undefined,
    planned: undefined,
    from: undefined,
    done: [],
    logHead: undefined,
    losses: 0,
  };
}

/**
 * Finds out which steps a lost connection has committed without our hearing of it. Only where the history can change no
 * more: under the run lock, or where it has nothing pending left.
 */
export async function settleMemory(context: RunContext, memory: RunMemory, state: DatabaseState): Promise<void> {
  if (memory.losses === 0 || memory.planned === undefined) return;
  const known = new Set(memory.done.map(({ version, direction }) => `${version} ${direction}`));
  const applied = new Set(state.rows?.filter(({ dirty }) => !dirty).map(({ version }) => version));
  const present = new Set(state.rows?.map(({ version }) => version));
  const unheard = memory.planned.filter(
    ({ direction, migration: { version } }) =>
      !known.has(`${version} ${direction}`) && (direction === "up" ? applied.has(version) : !present.has(version)),
  );
  for (const step of unheard) {
    const { direction, migration } = step;
    const result = await readResult(context, step);
    // Where our log has nothing of it, somebody else did it.
    if (result === undefined) continue;
    memory.done.push(result);
    const { durationMs, statements } = result;
    const at = memory.planned.findIndex((one) => one.migration === migration && one.direction === direction);
    context.emit({ type: "step-done", ...stepFacts(step, at, memory.planned.length), durationMs, statements });
  }
}

/** What the log has of a step that this run did. */
async function readResult(context: RunContext, step: PlanStep): Promise<StepResult | undefined> {
  const { direction, migration } = step;
  const event = direction === "up" ? "applied" : "rolled back";
  const [result] = await context.connection.send(
    `SELECT duration_ms, hash FROM ${quoteLogTable(context.table)} WHERE version_id = ${migration.version} AND event = '${event}'
  AND run_id = ${quoteLiteral(context.writer.runId)} ORDER BY id DESC LIMIT 1`,
  );
  const row = result?.rows[0];
  if (row === undefined) return undefined;
  if (row[1]) context.emit({ type: "logged", head: row[1] });
  const statements = (migration[direction] ?? []).length;
  return { direction, version: migration.version, name: migration.name, statements, durationMs: Number(row[0] ?? 0) };
}
