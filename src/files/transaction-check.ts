import type { FileProblem } from "../errors.ts";
import type { Migration, Statement } from "./migration.ts";
import { describeStatements } from "./statement-kind.ts";

/**
 * Finds the statements of one direction that PostgreSQL is going to refuse because they cannot run in a transaction: to be
 * told before anything runs.
 */
export function findRefusedInTransaction(migration: Migration, direction: "up" | "down"): readonly FileProblem[] {
  const problems: FileProblem[] = [];
  for (const statement of migration[direction] ?? []) {
    if (!mayMatter(statement.sql, OUTSIDE_WORDS)) continue;
    const facts = describeStatements(statement.sql);
    for (const [index, { outsideTransaction }] of facts.entries()) {
      if (outsideTransaction === undefined) continue;
      if (migration.transaction) {
        problems.push({
          ...placed(migration, statement, index),
          message: `${outsideTransaction} cannot run in a transaction`,
          hint: "put it in a migration of its own that says -- +goose NO TRANSACTION",
        });
      } else if (facts.length > 1) {
        problems.push({
          ...placed(migration, statement, index),
          message: `${outsideTransaction} cannot be sent together with other statements`,
          hint: statement.block
            ? "take it out of the StatementBegin/StatementEnd block, or give it a block of its own"
            : "the variables in it make several statements of it: write them one by one",
        });
      }
    }
  }
  return problems;
}

/** Finds BEGIN, COMMIT and the like in a transactional migration, where they end the transaction that protects it. */
export function findTransactionControl(migration: Migration, direction: "up" | "down"): readonly FileProblem[] {
  if (!migration.transaction) return [];
  const found: FileProblem[] = [];
  for (const statement of migration[direction] ?? []) {
    if (!mayMatter(statement.sql, CONTROL_WORDS)) continue;
    for (const [index, { transactionControl }] of describeStatements(statement.sql).entries()) {
      if (transactionControl === undefined) continue;
      found.push({
        ...placed(migration, statement, index),
        message: `${transactionControl} in a migration that runs in a transaction: what ran before it stays when a later statement fails`,
        hint: "delete it: gander begins and commits; or say -- +goose NO TRANSACTION",
      });
    }
  }
  return found;
}

/** Words without which no statement is of the kind; looking for them first saves taking most statements apart. */
const OUTSIDE_WORDS = /concurrently|vacuum|database|tablespace|system|subscription|reindex|cluster|discard|prepared/i;
const CONTROL_WORDS = /begin|start|commit|end|rollback|abort|prepare/i;

function mayMatter(sql: string, words: RegExp): boolean {
  return words.test(sql);
}

function placed(
  migration: Migration,
  statement: Statement,
  index: number,
): { file: string; line: number; column: number } {
  return { file: migration.path, ...statement.locateStatement(index) };
}
