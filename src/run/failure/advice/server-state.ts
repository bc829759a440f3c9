import { type FailedStatement, quotedNames } from "./failed-statement.ts";
import { written } from "./names.ts";

/** What is true whatever the statement says, by SQLSTATE. */
const ADVICE: Readonly<Record<string, string>> = {
  "25006": "The transaction is read-only: connect to the primary, or look for a SET that makes it so.",
  "2D000":
    "A COMMIT or ROLLBACK in a function or DO block cannot be in a transaction. Put it in a migration of its own that begins with:\n  -- +goose NO TRANSACTION",
  "40001": "Another transaction changed the same rows at the same time: start again.",
  "40P01":
    "This migration and another transaction waited for each other, and PostgreSQL ended one of them: start again, at a quieter time or with fewer tables in one migration.",
  "42830": "The columns that a foreign key refers to need a primary key or a unique constraint: create it first.",
  "42P10":
    "ON CONFLICT needs a unique index on exactly these columns: create it first, or name the columns of one that is there.",
  "42P17":
    "What an index, a partition or a generated column computes must be IMMUTABLE: use another function, or fix the time zone or text search configuration in the call.",
  "428C9":
    "The column makes its own values: leave it out of the statement, or, for an identity column in INSERT, write OVERRIDING SYSTEM VALUE.",
  "53100": "The server's disk is full: free space, or make it larger, and start again.",
  "53200": "The server is out of memory: start again when it has less to do, or split the migration.",
  "53300": "The server has no connection left: close some, or raise max_connections.",
  "55006":
    "It is in use. In one transaction, rows that were changed may still wait for their deferred triggers: change rows and table in two migrations, or write SET CONSTRAINTS ALL IMMEDIATE; between them.",
  "55P03":
    "Somebody uses the table, and its lock was not free in time. Start again at a quieter time, or end the session that holds it (pg_stat_activity shows it).",
  "55P04":
    "A new value of an enum can be used only after its transaction: put the ADD VALUE in a migration of its own, before this one.",
  "57014": "The statement was cancelled: by a person, or by a statement_timeout that the migration or a function sets.",
};

/** Failures whose cause the code alone tells. */
export function adviseOnState({ fields, transaction, statementTimeout = 0 }: FailedStatement): string | undefined {
  if (fields.sqlState === "57014" && statementTimeout > 0 && !fields.message.includes("user request")) {
    return `It took longer than one statement may take in this run: --statement-timeout (statementTimeout) is ${statementTimeout} ms. Give it more time, or leave the option out: without it a migration has no limit.`;
  }
  if (fields.sqlState === "25001") {
    return transaction
      ? "PostgreSQL does not run this in a transaction. Put it in a migration of its own that begins with:\n  -- +goose NO TRANSACTION"
      : "PostgreSQL runs this only as a statement of its own: take it out of the DO block, the function, or the StatementBegin/StatementEnd block that it stands in.";
  }
  if (fields.sqlState === "3F000") {
    const name = written(quotedNames(fields.message)[0] ?? "…");
    return `Create the schema first, in this migration or an earlier one:\n  CREATE SCHEMA IF NOT EXISTS ${name};`;
  }
  if (fields.sqlState === "42P17" && !fields.message.includes("IMMUTABLE")) return undefined;
  return ADVICE[fields.sqlState];
}
