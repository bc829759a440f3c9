import type { Notice } from "../../database/connection.ts";
import { PostgresError } from "../../database/postgres-error.ts";
import type { GanderEvent } from "../../events.ts";
import type { PlanStep } from "../../plan/plan.ts";
import { redactNotice } from "../failure/failure.ts";
import type { StepResult } from "../result.ts";
import type { Blockers } from "../lock/lock-holders.ts";
import { type RunContext, send } from "../session/run-context.ts";
import { headIn } from "./send-logged.ts";
import { type ErrorPlace, joinParts, locateError, type Part, stepParts } from "./step-message.ts";
import { lockTimeoutOfStep } from "./transaction-settings.ts";
import { beginWatch } from "../lock/watch-waits.ts";

/** Where steps that were sent in one message failed. */
export interface BatchFailure {
  readonly error: PostgresError;
  readonly place: ErrorPlace;
  readonly parts: readonly Part[];
  /** Who kept it waiting, as far as somebody has looked. */
  readonly blockers: Blockers | undefined;
}

/** The part of an event that says which step it is about. */
export function stepFacts(step: PlanStep, number: number, steps: number) {
  const { direction, migration } = step;
  return { direction, version: migration.version, name: migration.name, step: number + 1, steps };
}

/**
 * Sends transactional steps as one message, one round trip; each commits by itself, and the first error stops the rest.
 * Our INFO lines tell how far it is while it runs; `done` grows with them. `again`: the first step has failed for a lock
 * before. Undefined where all went well.
 */
export async function sendBatch(
  context: RunContext,
  steps: readonly PlanStep[],
  first: number,
  total: number,
  done: StepResult[],
  again: boolean,
): Promise<BatchFailure | undefined> {
  const parts = steps.flatMap((step, index) => stepParts(context, step, first + index, total));
  const progress = followProgress(context, steps, first, total, done);
  const limits = steps.map((step) => lockTimeoutOfStep(context, step));
  const watch = beginWatch(context, {
    lockTimeout: Math.min(...limits.filter((limit) => limit > 0), Infinity),
    again,
    onWait: (holders) => {
      const { step, waitedMs } = progress.current();
      // A wait with a limit is told when it is over.
      if ((limits[step - first] ?? 0) > 0) return;
      const facts = stepFacts(steps[step - first] as PlanStep, step, total);
      context.emit({ type: "statement-wait", ...facts, statement: undefined, waitedMs, holders });
    },
  });
  try {
    await send(context, joinParts(parts), progress.onNotice);
    return undefined;
  } catch (error) {
    if (!(error instanceof PostgresError)) throw error;
    return { error, place: locateError(parts, error.completed, error.fields.position), parts, blockers: watch.seen() };
  } finally {
    await watch.stop();
    const head = progress.head();
    if (head !== undefined) context.emit({ type: "logged", head });
  }
}

function followProgress(
  context: RunContext,
  steps: readonly PlanStep[],
  first: number,
  total: number,
  done: StepResult[],
) {
  const { emit, token } = context;
  let began = performance.now();
  let current = first;
  let written: string | undefined;
  let head: string | undefined;
  const onNotice = (notice: Notice): void => {
    const told = headIn(context, notice);
    if (told !== undefined) {
      written = told;
      return;
    }
    const [own, what, number] = notice.message.split(" ");
    const at = own === token ? Number(number) : current;
    const step = steps[at - first] as PlanStep;
    const facts = stepFacts(step, at, total);
    if (own !== token) {
      emit({ type: "step-notice", ...facts, notice: redactNotice(notice, step) } satisfies GanderEvent);
    } else if (what === "start") {
      current = at;
      began = performance.now();
      emit({ type: "step-start", ...facts });
    } else {
      const statements = (step.migration[step.direction] ?? []).length;
      const durationMs = performance.now() - began;
      const { direction, version, name } = facts;
      head = written;
      done.push({ direction, version, name, statements, durationMs });
      emit({ type: "step-done", ...facts, durationMs, statements });
    }
  };
  return {
    onNotice,
    current: () => ({ step: current, waitedMs: Math.round(performance.now() - began) }),
    /** The hash of the newest event that is committed. */
    head: () => head,
  };
}
