import type { Result } from "./connection.ts";
import { quoteIdentifier, quoteLiteral } from "./quote.ts";

/** What a session was SET to, beyond the defaults of its server, database and role. */
export interface SessionState {
  readonly settings: ReadonlyMap<string, string>;
  readonly role: string;
}

type Send = (message: string) => Promise<readonly Result[]>;

const readSettings = `SELECT name, setting FROM pg_catalog.pg_settings WHERE source = 'session'
  UNION ALL SELECT 'role', pg_catalog.current_setting('role')`;

/** Reads what is to be restored after migrations ran in a session that belongs to somebody else. */
export async function readSessionState(send: Send): Promise<SessionState> {
  const [result] = await send(readSettings);
  const settings = new Map(result?.rows.map(([name, setting]) => [name ?? "", setting ?? ""]));
  const role = settings.get("role") ?? "none";
  settings.delete("role");
  return { settings, role };
}

/** Undoes what migrations have SET: the first line of every pg_dump, say, empties `search_path`. */
export async function restoreSessionState(send: Send, before: SessionState): Promise<void> {
  await send("ROLLBACK");
  const now = await readSessionState(send);
  const statements: string[] = [];
  if (now.role !== before.role)
    statements.push(`SET ROLE ${before.role === "none" ? "NONE" : quoteIdentifier(before.role)}`);
  for (const name of now.settings.keys()) {
    if (!before.settings.has(name)) statements.push(`RESET ${quoteIdentifier(name)}`);
  }
  for (const [name, setting] of before.settings) {
    if (now.settings.get(name) !== setting) {
      statements.push(`SELECT pg_catalog.set_config(${quoteLiteral(name)}, ${quoteLiteral(setting)}, false)`);
    }
  }
  if (statements.length > 0) await send(statements.join("; "));
}
