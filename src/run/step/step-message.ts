import { quoteLiteral } from "../../database/quote.ts";
import type { Statement } from "../../files/migration.ts";
import { LAYOUT, layoutSql } from "../../history/layout.ts";
import { doBlock } from "../../history/do-block.ts";
import { finishDown, finishUp, NOT_OURS } from "../../history/record.ts";
import type { PlanStep } from "../../plan/plan.ts";
import { claimsOf, LOCK_BUSY } from "./claims.ts";
import { dropHalfMade } from "./half-made-index.ts";
import { markStep } from "./note-under-lock.ts";
import { asOurselves, becomeOurselves, rememberRole } from "./own-role.ts";
import type { RunContext } from "../session/run-context.ts";
import { lockKey } from "../lock/run-lock.ts";
import { tellHead } from "./send-logged.ts";
import { sessionSettings } from "./session-settings.ts";
import { lockTimeoutOfStep, stepName, transactionSettings } from "./transaction-settings.ts";

/** One piece of a message: a statement of a file, or one of ours around it. */
export interface Part {
  readonly sql: string;
  readonly kind: "begin" | "start" | "claim" | "clean" | "body" | "finish" | "commit" | "done";
  /** How many statements the server sees in it. */
  readonly count: number;
  /** The step's place in the plan, 0-based. */
  readonly step: number;
  readonly statement?: Statement;
  /** Which statement of the direction, 0-based. */
  readonly statementIndex?: number;
}

/** A transactional step: begin, local settings, claim, body, finish, commit, and the lines that tell how far it is. */
export function stepParts(context: RunContext, step: PlanStep, number: number, steps: number): readonly Part[] {
  const { migration, direction } = step;
  const body = migration[direction] ?? [];
  const frame = (kind: Part["kind"], sql: string): Part => ({ kind, sql, count: 1, step: number });
  const note = body.length === 0 && direction === "down" ? "nothing was undone: the Down is empty" : undefined;
  const around = { before: becomeOurselves(context, step), after: tellHead(context) };
  const settings = new Set(sessionSettings(body.slice(0, step.firstStatement)));
  const parts = body.flatMap((statement, statementIndex): readonly Part[] => {
    if (statementIndex < step.firstStatement && !settings.has(statement)) return [];
    const { sql, count } = statement;
    const part: Part = { kind: "body", sql, count, step: number, statement, statementIndex };
    const clean = dropHalfMade(context, step, statementIndex);
    return clean === undefined ? [part] : [frame("clean", clean), part];
  });
  const claims = claimsOf(context, step);
  // PostgreSQL takes SET TRANSACTION only before the first query of a transaction, and ours would be that.
  const afterSettings = parts.findIndex(({ sql }) => !/^SET\s+(LOCAL\s+)?TRANSACTION\b/i.test(sql));
  const first = afterSettings === -1 ? parts.length : afterSettings;
  return [
    frame("begin", "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"),
    ...parts.slice(0, first),
    frame("start", startBlock(context, step, number, steps)),
    ...markStep(context).map((sql) => frame("start", sql)),
    ...asOurselves(context, claims).map((sql) => frame("claim", sql)),
    ...parts.slice(first),
    frame(
      "finish",
      direction === "up"
        ? finishUp(context.table, migration, context.writer, around)
        : finishDown(context.table, migration, context.writer, around, note),
    ),
    frame("commit", "COMMIT"),
    // In a transaction of its own: the next step's BEGIN could no longer choose an isolation level after a query.
    frame("done", "BEGIN"),
    frame("done", doBlock(`BEGIN RAISE INFO '%', ${quoteLiteral(`${context.token} done ${number}`)}; END`)),
    frame("done", "COMMIT"),
  ];
}

function startBlock(context: RunContext, step: PlanStep, number: number, steps: number): string {
  const limits = { lockTimeout: lockTimeoutOfStep(context, step), statementTimeout: context.statementTimeout };
  const name = stepName(context, step, number, steps);
  return doBlock(`BEGIN
  ${transactionSettings(context, limits, name).join("\n  ")}
  ${context.pooled ? tryLock(context) : ""}
  ${rememberRole(context)}
  RAISE INFO '%', ${quoteLiteral(`${context.token} start ${number}`)};
END`);
}

/**
 * In a PL/pgSQL block: takes the run lock for the transaction, or stops the message; so does a newer gander that has
 * upgraded the history since it was read.
 */
export function tryLock({ table }: Pick<RunContext, "table">): string {
  return `IF NOT pg_catalog.pg_try_advisory_xact_lock(${lockKey(table)})
    OR coalesce(${layoutSql(table)} OPERATOR(pg_catalog.>) ${LAYOUT}, false) THEN
    RAISE EXCEPTION 'another gander is at work' USING ERRCODE = '${LOCK_BUSY}';
  END IF;`;
}

/** The text of a message. A body may end in a comment, so each part is followed by a line end before its semicolon. */
export function joinParts(parts: readonly Part[]): string {
  return parts.map(({ sql }) => `${sql}\n;\n`).join("");
}

/** Characters between two parts. */
const SEPARATOR = 3;

/** Where in a message an error happened. */
export interface ErrorPlace {
  readonly part: Part;
  /** 0-based, in code points of the part; undefined where the server did not say. */
  readonly offset: number | undefined;
  /** Which of the part's statements, 0-based. */
  readonly index: number;
}

/**
 * Finds the part that an error belongs to: by its position where it has one, else by how many statements completed before
 * it. A position is 1-based and counts code points over the whole message.
 */
export function locateError(parts: readonly Part[], completed: number, position: number | undefined): ErrorPlace {
  if (position !== undefined) {
    let from = 0;
    for (const part of parts) {
      const length = codePoints(part.sql);
      if (position - 1 < from + length + SEPARATOR) {
        return { part, offset: Math.min(position - 1 - from, length), index: 0 };
      }
      from += length + SEPARATOR;
    }
  }
  let left = completed;
  for (const part of parts) {
    if (left < part.count) return { part, offset: undefined, index: left };
    left -= part.count;
  }
  return { part: parts.at(-1) as Part, offset: undefined, index: 0 };
}

function codePoints(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xdc00) count--;
  return count;
}

export { LOCK_BUSY, NOT_OURS };
