import { parseEffects } from "../../files/parse-effects.ts";
import { doBlock } from "../../history/do-block.ts";
import { logEvent } from "../../history/log-event.ts";
import type { PlanStep } from "../../plan/plan.ts";
import { asOurselves } from "./own-role.ts";
import { leftoversQuery } from "../repair/leftovers.ts";
import type { RunContext } from "../session/run-context.ts";

/**
 * What goes before a statement of a transactional migration with CREATE INDEX IF NOT EXISTS: it would take an INVALID index
 * of that name, which a failed CONCURRENTLY left, for the index. Undefined for any other statement.
 */
export function dropHalfMade(context: RunContext, step: PlanStep, statementIndex: number): string | undefined {
  const sql = step.migration[step.direction]?.[statementIndex]?.sql ?? "";
  if (!/\bexists\b/i.test(sql)) return undefined;
  const builds = parseEffects(sql).filter(
    ({ action, conditional, index }) => action === "create" && conditional && index?.named === true,
  );
  const query = leftoversQuery(builds, "DROP INDEX");
  if (query === undefined) return undefined;
  const { version, name } = step.migration;
  const names = builds.map(({ object }) => object.name.name).join(", ");
  const note = `statement ${statementIndex + 1}: DROP INDEX ${names} (it was INVALID)`;
  const event = { event: "repaired", version, name, direction: step.direction, note } as const;
  const log = asOurselves(context, [logEvent(context.table, event, context.writer)]);
  return doBlock(`DECLARE half_made text;
BEGIN
  FOR half_made IN ${query} LOOP
    EXECUTE half_made;
    ${log.join(";\n    ")};
  END LOOP;
END`);
}
