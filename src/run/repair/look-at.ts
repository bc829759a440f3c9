import type { Connection } from "../../database/connection.ts";
import type { Statement } from "../../files/migration.ts";
import type { ObjectName } from "../../files/object-name.ts";
import type { StatementEffect } from "../../files/statement-effect.ts";
import { describeStatements } from "../../files/statement-kind.ts";
import { rollBack, type RunContext } from "../session/run-context.ts";
import { sessionSettings } from "../step/session-settings.ts";
import { type ObjectState, stateQuery } from "./object-state.ts";
import type { ObjectFinding } from "./repair-plan.ts";

/** What the catalog has of the effects of each statement, and what is to be cleaned up. */
interface Look {
  readonly states: readonly (readonly ObjectFinding[])[];
  readonly cleanup: readonly string[];
}

/**
 * Looks into the catalog as the statements do: with the search_path that those before them have set. In a transaction that
 * is rolled back, so that the session, or a pooler's, keeps nothing of it.
 */
export async function lookAt(
  { connection }: RunContext,
  before: readonly Statement[],
  effects: readonly (readonly StatementEffect[])[],
  findCleanup: (connection: Connection) => Promise<readonly string[]>,
): Promise<Look> {
  const paths = sessionSettings(before).filter(({ sql }) =>
    describeStatements(sql).every(({ sessionState }) => sessionState.every(({ name }) => name === "search_path")),
  );
  await connection.send("BEGIN TRANSACTION READ ONLY");
  try {
    for (const { sql } of paths) await connection.send(sql);
    const queries = effects.flat().map(stateQuery);
    const answers = queries.length === 0 ? [] : await connection.send(queries.join(";\n"));
    const found = answers.map(({ rows }) => (rows[0]?.[0] ?? "missing") as ObjectState);
    let next = 0;
    const states = effects.map((ofOne) => ofOne.map((effect) => findingOf(effect, found[next++] ?? "missing")));
    return { states, cleanup: await findCleanup(connection) };
  } finally {
    await rollBack(connection);
  }
}

function findingOf({ action, object }: StatementEffect, state: ObjectState): ObjectFinding {
  const { kind, name, of } = object;
  return { action, kind, name: textOf(name), ...(of !== undefined && { of: textOf(of) }), state };
}

function textOf({ schema, name }: ObjectName): string {
  return schema === undefined ? name : `${schema}.${name}`;
}
