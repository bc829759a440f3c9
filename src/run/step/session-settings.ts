import type { Statement } from "../../files/migration.ts";
import type { SessionState } from "../../files/session-state.ts";
import { describeStatements } from "../../files/statement-kind.ts";

/** Kinds of session state that can be set again without anything else happening. */
const SETTINGS = new Set<SessionState["kind"]>(["set", "reset", "role", "session-authorization"]);
/** A call and nothing else: pg_dump begins with `SELECT pg_catalog.set_config('search_path', '', false);`. */
const ONE_CALL = /^SELECT\s+(?:pg_catalog\s*\.\s*)?set_config\s*\([^()]*\)\s*;?\s*$/i;

/**
 * The statements that do nothing but set the session: those before the one that a migration is gone on with are sent again,
 * since the session that they were for is gone.
 */
export function sessionSettings(statements: readonly Statement[]): readonly Statement[] {
  return statements.filter(({ sql, count }) => count === 1 && onlySets(sql));
}

function onlySets(sql: string): boolean {
  if (!/^(?:SET|RESET)\b/i.test(sql) && !ONE_CALL.test(sql)) return false;
  const states = describeStatements(sql)[0]?.sessionState ?? [];
  return states.length > 0 && states.every(({ kind }) => SETTINGS.has(kind));
}
