import { PostgresError } from "../../../../src/database/postgres-error.ts";
import { adviseOn } from "../../../../src/run/failure/advice/advise.ts";
import type { TestDatabase } from "../../../support/create-database.ts";
import { open } from "../../../database/open.ts";

/** What is needed beside the SQL that must fail. */
export interface Circumstances {
  readonly url?: string;
  /** False where the database does not answer after the failure. */
  readonly answers?: boolean;
  /** False for SQL that runs without a transaction around it. */
  readonly transaction?: boolean;
}

/** Runs SQL that the server must refuse with this SQLSTATE, and returns the advice. */
export async function adviceFor(
  database: TestDatabase,
  sqlState: string,
  sql: string,
  { url = database.url, answers = true, transaction = true }: Circumstances = {},
): Promise<string> {
  const connection = await open(url).connect();
  try {
    const error: unknown = await connection.send(transaction ? `BEGIN;\n${sql}` : sql).then(
      () => new Error(`PostgreSQL did not refuse: ${sql}`),
      (caught: unknown) => caught,
    );
    if (!(error instanceof PostgresError)) throw error;
    if (!sqlState.split("|").includes(error.sqlState))
      throw new Error(`expected ${sqlState}, got ${error.sqlState}: ${error.message}`);
    await connection.send("ROLLBACK");
    const advice = await adviseOn({ fields: error.fields, sql, transaction, direction: "up" }, async (question) => {
      if (!answers) throw new Error("the connection was lost");
      return (await connection.send(question)).at(-1)?.rows ?? [];
    });
    return advice ?? "";
  } finally {
    await connection.close();
  }
}
