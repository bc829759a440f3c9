import type { StatementFacts } from "../files/statement-kind.ts";
import { dropInvalidIndex, indexState } from "./concurrent-index.ts";
import type { RunContext } from "./run-context.ts";

/** True for statements that PostgreSQL runs in no message but their own. */
export function isAlone(facts: readonly StatementFacts[]): boolean {
  return facts.length === 1 && facts[0]?.outsideTransaction !== undefined;
}

/**
 * A CONCURRENTLY statement that a crash interrupted may have been finished by the server; the catalog tells. An INVALID
 * index of its name goes before it is built again, and is never taken for the index by IF NOT EXISTS.
 */
export async function isDoneAlready(
  context: RunContext,
  facts: StatementFacts | undefined,
  resumed: boolean,
): Promise<boolean> {
  const index = facts?.index;
  if (index === undefined || index.name === undefined || (!resumed && !index.ifNotExists)) return false;
  const state = await indexState(context.connection, index);
  if (index.action === "create") {
    if (state === "invalid") await dropInvalidIndex(context.connection, index);
    return resumed && state === "valid";
  }
  return index.action === "drop" && resumed && state === "missing";
}
