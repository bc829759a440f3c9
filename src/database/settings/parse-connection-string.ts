import { ConfigError } from "../../errors.ts";
import { parseKeywordDsn } from "./parse-keyword-dsn.ts";
import { parsePostgresUrl } from "./parse-postgres-url.ts";

/** The parameters of a connection as they were written, by name. */
export type RawParameters = ReadonlyMap<string, string>;

/** Reads a URL or a keyword/value DSN, by the rules of libpq; the empty text says nothing, and leaves all to the environment. */
export function parseConnectionString(text: string): RawParameters {
  const trimmed = text.trim();
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(trimmed)?.[1]?.toLowerCase();
  if (scheme === "postgres" || scheme === "postgresql") return parsePostgresUrl(trimmed);
  if (scheme !== undefined) throw otherDatabase(scheme, trimmed);
  if (trimmed === "" || trimmed.includes("=")) return parseKeywordDsn(trimmed);
  // It may be a password that stands alone by mistake, so it is not repeated.
  throw new ConfigError("The connection string is neither a URL nor a keyword/value string", {
    hint: "Write it like  postgres://user@host:5432/database  or  host=… dbname=… user=…",
  });
}

function otherDatabase(scheme: string, text: string): ConfigError {
  const hint =
    "gander migrates PostgreSQL: give a URL that begins with postgres://, or pglite:./folder for an embedded database.";
  if (scheme === "jdbc" && /^jdbc:postgres(ql)?:/i.test(text)) {
    return new ConfigError("A JDBC URL (jdbc:postgresql:) is not a PostgreSQL URL", {
      hint: "Leave out jdbc: and write user and password before the host: postgres://user:password@host:5432/database",
    });
  }
  const [base, driver] = scheme.split("+");
  if (driver !== undefined && (base === "postgres" || base === "postgresql")) {
    return new ConfigError(`The driver in ${scheme}:// means nothing to gander`, { hint: `Write ${base}:// instead.` });
  }
  if (/^(localhost|[\w.-]+\.[\w-]+)$/.test(scheme) && /^[\w.-]+:\d/.test(text)) {
    return new ConfigError("The connection string does not begin with postgres://", { hint });
  }
  return new ConfigError(`${scheme}: is not a PostgreSQL database`, { hint });
}
