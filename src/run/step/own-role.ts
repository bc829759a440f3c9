import { quoteLiteral } from "../../database/quote.ts";
import { describeStatements } from "../../files/statement-kind.ts";
import { doBlock } from "../../history/do-block.ts";
import type { PlanStep } from "../../plan/plan.ts";
import type { RunContext } from "../session/run-context.ts";

/*
 * The history is written as the role that the run began with. A migration may become another one for itself and, as one
 * session serves the run, for those after it; which role was ours is then kept in a setting of the session.
 */

/** In a PL/pgSQL block, before anything of a migration runs: keeps which role is ours. */
export function rememberRole(context: RunContext): string {
  if (context.pooled) return "";
  return `PERFORM pg_catalog.set_config(${setting(context)}, ${ours(context)}, false);`;
}

/** Statements of ours as one, run as our role; what follows in the transaction runs as the role that was there before. */
export function asOurselves(context: RunContext, statements: readonly string[]): readonly string[] {
  if (context.pooled) return statements;
  return [
    doBlock(`DECLARE other_role text := pg_catalog.current_setting('role');
BEGIN
  PERFORM pg_catalog.set_config('role', ${ours(context)}, true);
  ${statements.join(";\n  ")};
  PERFORM pg_catalog.set_config('role', other_role, true);
END`),
  ];
}

/** Statements of ours as a transaction of their own, run as our role whatever the session's is, and where it is read-only too. */
export function ownTransaction(context: RunContext, statements: readonly string[]): readonly string[] {
  const role = context.pooled ? [] : [doBlock(`BEGIN ${rememberRole(context)} END`)];
  return ["BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", ...role, ...asOurselves(context, statements), "COMMIT"];
}

/** In a PL/pgSQL block, after the body: the rest of the transaction runs as our role. */
export function becomeOurselves(context: RunContext, { migration, direction }: PlanStep): string {
  const states = (migration[direction] ?? [])
    .filter(({ sql }) => /\brole\b|authorization/i.test(sql))
    .flatMap(({ sql }) => describeStatements(sql).flatMap(({ sessionState }) => sessionState));
  const user = states.some(({ kind }) => kind === "session-authorization")
    ? "SET LOCAL SESSION AUTHORIZATION DEFAULT;"
    : "";
  if (!context.pooled) {
    return `${user} PERFORM pg_catalog.set_config('role', ${ours(context)}, true);`;
  }
  if (user === "" && !states.some(({ kind, name }) => kind === "role" || name === "role")) return "";
  return `${user} PERFORM pg_catalog.set_config('role', ${quoteLiteral(context.role ?? "none")}, true);`;
}

/** What was kept; a body that rolls back takes it along, and its own role with it. */
function ours(context: RunContext): string {
  const kept = `pg_catalog.current_setting(${setting(context)}, true)`;
  return `CASE WHEN ${kept} OPERATOR(pg_catalog.<>) '' THEN ${kept} ELSE pg_catalog.current_setting('role') END`;
}

function setting({ token }: RunContext): string {
  return quoteLiteral(`gander.role_${token.slice(token.indexOf(":") + 1)}`);
}
