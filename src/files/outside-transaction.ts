import type { TokenCursor } from "./token-cursor.ts";
import { hasWord, peekText, peekWord, takeName, takeParentheses, takeWords } from "./token-cursor.ts";

/**
 * The kind of a statement that PostgreSQL refuses in a transaction block (25001), such as `CREATE INDEX CONCURRENTLY`;
 * undefined for all others. What depends on the catalog (REINDEX or CLUSTER of a partitioned table) is not seen.
 */
export function outsideTransactionKind(cursor: TokenCursor): string | undefined {
  if (takeWords(cursor, "create")) return afterCreate(cursor);
  if (takeWords(cursor, "drop")) return afterDrop(cursor);
  if (takeWords(cursor, "alter")) return afterAlter(cursor);
  if (takeWords(cursor, "reindex")) return afterReindex(cursor);
  if (takeWords(cursor, "vacuum")) return "VACUUM";
  if (takeWords(cursor, "cluster")) return afterCluster(cursor);
  if (takeWords(cursor, "discard", "all")) return "DISCARD ALL";
  if (takeWords(cursor, "commit", "prepared")) return "COMMIT PREPARED";
  if (takeWords(cursor, "rollback", "prepared")) return "ROLLBACK PREPARED";
  return undefined;
}

function afterCreate(cursor: TokenCursor): string | undefined {
  takeWords(cursor, "unique");
  if (takeWords(cursor, "index", "concurrently")) return "CREATE INDEX CONCURRENTLY";
  if (takeWords(cursor, "database")) return "CREATE DATABASE";
  if (takeWords(cursor, "tablespace")) return "CREATE TABLESPACE";
  if (!takeWords(cursor, "subscription")) return undefined;
  // Without a slot to create on the publisher it may run in a transaction.
  return isSwitchedOff(cursor, "create_slot") || isSwitchedOff(cursor, "connect") ? undefined : "CREATE SUBSCRIPTION";
}

function afterDrop(cursor: TokenCursor): string | undefined {
  if (takeWords(cursor, "index", "concurrently")) return "DROP INDEX CONCURRENTLY";
  if (takeWords(cursor, "database")) return "DROP DATABASE";
  if (takeWords(cursor, "tablespace")) return "DROP TABLESPACE";
  return takeWords(cursor, "subscription") ? "DROP SUBSCRIPTION" : undefined;
}

function afterAlter(cursor: TokenCursor): string | undefined {
  if (takeWords(cursor, "system")) return "ALTER SYSTEM";
  if (takeWords(cursor, "database")) {
    takeName(cursor);
    return takeWords(cursor, "set", "tablespace") ? "ALTER DATABASE SET TABLESPACE" : undefined;
  }
  if (takeWords(cursor, "subscription")) {
    takeName(cursor);
    return takeWords(cursor, "refresh", "publication") ||
      (changesPublication(cursor) && !isSwitchedOff(cursor, "refresh"))
      ? "ALTER SUBSCRIPTION"
      : undefined;
  }
  if (!takeWords(cursor, "table")) return undefined;
  takeWords(cursor, "if", "exists");
  takeWords(cursor, "only");
  takeName(cursor);
  if (!takeWords(cursor, "detach", "partition")) return undefined;
  takeName(cursor);
  return takeWords(cursor, "concurrently") ? "ALTER TABLE DETACH PARTITION CONCURRENTLY" : undefined;
}

function changesPublication(cursor: TokenCursor): boolean {
  return ["set", "add", "drop"].some((verb) => takeWords(cursor, verb, "publication"));
}

function afterReindex(cursor: TokenCursor): string | undefined {
  const options = takeParentheses(cursor);
  const what = peekWord(cursor).toUpperCase();
  if (what === "SCHEMA" || what === "DATABASE" || what === "SYSTEM") return `REINDEX ${what}`;
  const off = ["false", "off", "0"].includes(options[options.indexOf("concurrently") + 1] ?? "");
  const concurrently = (options.includes("concurrently") && !off) || peekWord(cursor, 1) === "concurrently";
  return concurrently ? "REINDEX CONCURRENTLY" : undefined;
}

function afterCluster(cursor: TokenCursor): string | undefined {
  takeParentheses(cursor);
  takeWords(cursor, "verbose");
  const next = peekText(cursor);
  return next === "" || next === ";" ? "CLUSTER of all tables" : undefined;
}

/** Whether `name = false` stands in the options. */
function isSwitchedOff(cursor: TokenCursor, name: string): boolean {
  if (!hasWord(cursor, "with")) return false;
  for (let ahead = 0; cursor.at + ahead < cursor.tokens.length; ahead++) {
    if (peekWord(cursor, ahead) !== name || peekText(cursor, ahead + 1) !== "=") continue;
    return ["false", "off", "0", "'false'", "'off'"].includes(peekText(cursor, ahead + 2).toLowerCase());
  }
  return false;
}
