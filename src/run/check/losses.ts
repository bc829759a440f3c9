import type { Connection } from "../../database/connection.ts";
import { PostgresError } from "../../database/postgres-error.ts";
import { quoteIdentifier } from "../../database/quote.ts";
import type { DroppedObject } from "../../files/dropped-objects.ts";
import type { ObjectName } from "../../files/object-name.ts";
import { describeStatements } from "../../files/statement-kind.ts";
import type { Plan } from "../../plan/plan.ts";

/** Counting stops here: more rows are told as "more than". */
const MOST_ROWS = 1_000_000;

/** What rows a plan is going to destroy, one sentence each: tables and columns that have rows, as far as statements tell. */
export async function findLosses(connection: Connection, plan: Plan): Promise<readonly string[]> {
  const drops = plan.steps.flatMap(({ migration, direction }) =>
    (migration[direction] ?? []).flatMap(({ sql }) =>
      describeStatements(sql).flatMap((facts) => facts.drops.map((drop) => ({ drop, file: migration.name }))),
    ),
  );
  const told = new Map<string, string>();
  for (const { drop, file } of drops) {
    const sentence = await describeLoss(connection, drop);
    if (sentence !== undefined && !told.has(sentence)) told.set(sentence, `${sentence} (${file})`);
  }
  return [...told.values()];
}

async function describeLoss(connection: Connection, drop: DroppedObject): Promise<string | undefined> {
  const name = nameOf(drop.object);
  switch (drop.kind) {
    case "schema":
      return `schema ${name} and all that is in it goes`;
    case "database":
      return `database ${name} goes`;
    case "owned":
      return `everything that role ${name} owns goes`;
    default: {
      const rows = await countRows(connection, drop);
      if (rows === 0) return undefined;
      const counted = `${rows > MOST_ROWS ? `more than ${MOST_ROWS.toLocaleString("en")}` : rows.toLocaleString("en")} row${rows === 1 ? "" : "s"}`;
      if (drop.kind === "column") return `column ${name}.${drop.column} goes, with values in ${counted}`;
      if (drop.kind === "delete") return `rows of ${name} are deleted: it has ${counted}`;
      return `table ${name} ${drop.kind === "truncate" ? "is emptied" : "goes"}, with ${counted}`;
    }
  }
}

/** Reads only, and without waiting for a lock; a table that cannot be read counts as empty: its Down will say so. */
async function countRows(connection: Connection, { object, column }: DroppedObject): Promise<number> {
  const table = `${object.schema === undefined ? "" : `${quoteIdentifier(object.schema)}.`}${quoteIdentifier(object.name)}`;
  const where = column === undefined ? "" : ` WHERE ${quoteIdentifier(column)} IS NOT NULL`;
  const timeout =
    connection.driver === "pglite" ? "" : "SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '20s'; ";
  try {
    const results = await connection.send(
      `BEGIN READ ONLY; ${timeout}SELECT count(*) FROM (SELECT FROM ${table}${where} LIMIT ${MOST_ROWS + 1}) AS r; COMMIT`,
    );
    return Number(results.find(({ columns }) => columns.includes("count"))?.rows[0]?.[0] ?? 0);
  } catch (error) {
    if (!(error instanceof PostgresError)) throw error;
    await connection.send("ROLLBACK");
    return error.sqlState === "42P01" || error.sqlState === "42703" ? 0 : MOST_ROWS + 1;
  }
}

function nameOf({ schema, name }: ObjectName): string {
  return schema === undefined ? name : `${schema}.${name}`;
}
