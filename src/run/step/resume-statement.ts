import type { Statement } from "../../files/migration.ts";
import { parseEffects } from "../../files/parse-effects.ts";
import type { StatementEffect } from "../../files/statement-effect.ts";
import { splitStatements } from "../../files/split-statements.ts";
import { createCursor, peekWord } from "../../files/token-cursor.ts";
import { describeStatements, type StatementFacts } from "../../files/statement-kind.ts";
import { quoteName } from "../repair/find-object.ts";
import { findLeftovers } from "../repair/leftovers.ts";
import { stateQuery } from "../repair/object-state.ts";
import { logEvent } from "../../history/log-event.ts";
import type { PlanStep } from "../../plan/plan.ts";
import type { RunContext } from "../session/run-context.ts";
import { recordLogged } from "./send-logged.ts";
import { NO_LIMITS, sendAlone } from "./send-alone.ts";

/** True for statements that PostgreSQL runs in no message but their own. */
export function isAlone(facts: readonly StatementFacts[]): boolean {
  return facts.length === 1 && facts[0]?.outsideTransaction !== undefined;
}

/**
 * Whether it can be found out what became of a statement of this kind that was under way when its runner crashed. What
 * travels with its progress was rolled back; VACUUM and REINDEX do no harm twice; of the others the catalog tells.
 */
export function canBeResumed(sql: string): boolean {
  const facts = describeStatements(sql);
  if (!isAlone(facts))
    return facts.every(({ transactionControl }) => transactionControl === undefined) && !mayCommit(sql);
  if (facts[0]?.outsideTransaction === "VACUUM") return true;
  const effect = effectAlone(sql);
  return effect !== undefined && effect.index?.named !== false;
}

/** A procedure, or a DO block, may commit by itself and then travels without its progress: nobody can tell how far it came. */
function mayCommit(sql: string): boolean {
  return splitStatements(sql).some(({ start, end }) => {
    const statement = sql.slice(start, end);
    const word = peekWord(createCursor(statement));
    return word === "call" || (word === "do" && /\b(commit|rollback|call)\b/i.test(statement));
  });
}

/** What a CONCURRENTLY statement does. */
function effectAlone(sql: string): StatementEffect | undefined {
  const [effect, ...more] = parseEffects(sql);
  return effect?.concurrently === true && more.length === 0 && isAlone(describeStatements(sql)) ? effect : undefined;
}

/** A statement that is about to run. */
interface Candidate {
  readonly step: PlanStep;
  readonly statement: Pick<Statement, "sql">;
  readonly statementIndex: number;
  /** It is the first one after a crash or a repair, and may have been done. */
  readonly resumed: boolean;
}

/**
 * What to send for a statement outside a transaction; undefined where it is done already. An INVALID index of its name is
 * never taken for the index by IF NOT EXISTS: it goes first. The first one after a crash or a repair, where CONCURRENTLY, may
 * have been finished by the server, or be half done. What is done beside the statement is in the log.
 */
export async function statementToSend(context: RunContext, candidate: Candidate): Promise<string | undefined> {
  const { connection } = context;
  const { resumed } = candidate;
  const { sql } = candidate.statement;
  const note = (text: string): Promise<void> => logNote(context, candidate, text);
  const builds = parseEffects(sql).filter(
    ({ action, index, conditional, concurrently }) =>
      (action === "create" && index?.named === true && (conditional || (resumed && concurrently))) ||
      (action === "rebuild" && resumed),
  );
  for (const statement of await findLeftovers(connection, builds)) {
    await sendAlone(context, statement, NO_LIMITS);
    await note(`${statement} (it was INVALID)`);
  }
  const effect = resumed ? effectAlone(sql) : undefined;
  if (effect === undefined || effect.action === "rebuild" || effect.index?.named === false) return sql;
  const state = (await connection.send(stateQuery(effect))).at(-1)?.rows[0]?.[0];
  const { object } = effect;
  if (state === "detach-pending" && object.of !== undefined) {
    const finalize = `ALTER TABLE ${quoteName(object.of)} DETACH PARTITION ${quoteName(object.name)} FINALIZE`;
    await note(`${finalize} (its DETACH CONCURRENTLY was interrupted)`);
    return finalize;
  }
  const done = effect.action === "create" ? state === "valid" : state === "missing" || state === "detached";
  // A partition that is not there at all was not detached.
  if (!done || (object.kind === "partition" && state === "missing")) return sql;
  await note("the statement was found done");
  return undefined;
}

/** The log's entry that a version is gone on with, after a repair or a crash of its runner. */
export function logResumed(
  context: RunContext,
  { migration, direction, firstStatement }: PlanStep,
  statements: number,
): string {
  const { version, name, checksum } = migration;
  const note = `goes on at statement ${firstStatement + 1} of ${statements}`;
  return logEvent(context.table, { event: "repaired", version, name, direction, checksum, note }, context.writer);
}

async function logNote(context: RunContext, { step, statementIndex }: Candidate, text: string): Promise<void> {
  const { version, name } = step.migration;
  const note = `statement ${statementIndex + 1}: ${text}`;
  const event = { event: "repaired", version, name, direction: step.direction, note } as const;
  await recordLogged(context, [logEvent(context.table, event, context.writer)]);
}
