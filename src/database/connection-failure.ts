import { ConfigError, ConnectionError, GanderError } from "../errors.ts";
import { isServerMessage, toErrorFields, type WireMessage } from "./answer.ts";
import type { ConnectionTarget } from "./connection-target.ts";
import { PostgresError } from "./postgres-error.ts";

/** What a driver threw while it connected, as an error that says what to do about it. */
export function toConnectionError(error: unknown, target: ConnectionTarget): GanderError {
  if (error instanceof GanderError) return error;
  if (isServerMessage(error)) return toRefusal(error, target);
  // Node's own error has the whole URL in it, so it is not kept.
  if (error instanceof TypeError && "code" in error && error.code === "ERR_INVALID_URL") {
    return new ConfigError("The connectionString of the configuration is not a URL that pg can read");
  }
  const { text, hint } = describeFailure(firstCause(error), target);
  return new ConnectionError(text, { cause: error, ...(hint === undefined ? {} : { hint }) });
}

interface Description {
  readonly text: string;
  readonly hint?: string | undefined;
}

function toRefusal(message: WireMessage, target: ConnectionTarget): ConnectionError {
  const fields = toErrorFields(message);
  const { text, hint } = describeRefusal(fields.sqlState, fields.message, target);
  const cause = new PostgresError(fields, 0);
  return new ConnectionError(text, { cause, sqlState: fields.sqlState, ...(hint === undefined ? {} : { hint }) });
}

function describeRefusal(sqlState: string, said: string, target: ConnectionTarget): Description {
  const { place, user = "?", database = user } = target;
  switch (sqlState) {
    case "28P01":
      return {
        text: `${place} refused the password of user ${user}: ${said}`,
        hint: target.passwordNote ?? "Check the password in the URL, PGPASSWORD or ~/.pgpass.",
      };
    case "28000":
      return {
        text: `${place} does not let user ${user} in: ${said}`,
        hint: said.includes("pg_hba.conf")
          ? "The server's pg_hba.conf has no line for this user, database, address and encryption. Add one, or try sslmode=require."
          : "Check the user name, and whether the role exists and may log in (CREATE ROLE … LOGIN).",
      };
    case "3D000":
      return {
        text: `${place} has no database ${database}`,
        hint: `Make it with:  createdb ${commandLine(target)}\nor, connected to another database:  CREATE DATABASE ${quoteName(database)};`,
      };
    case "53300":
      return {
        text: `${place} has no connection left to give: ${said}`,
        hint: "Close some (an application's pools hold them), raise max_connections, or connect through a pooler.",
      };
    case "57P03":
      return { text: `${place} is starting up or shutting down: ${said}`, hint: "Try again in a moment." };
    case "42704":
      return {
        text: `${place} does not know a setting of the connection string: ${said}`,
        hint: "Parameters that gander does not know are passed on to the server as settings; check how it is written.",
      };
    case "08P01":
      return {
        text: `${place} refused the connection: ${said}`,
        hint: said.includes("startup parameter")
          ? "A pooler does not pass this setting on: take it out of the connection string, or connect past the pooler."
          : undefined,
      };
    case "42501":
      return {
        text: `User ${user} may not connect to database ${database} on ${place}: ${said}`,
        hint: `Run:  GRANT CONNECT ON DATABASE ${quoteName(database)} TO ${quoteName(user)};`,
      };
    default:
      return { text: `${place} refused the connection: ${said}` };
  }
}

function commandLine({ place, user, database = "" }: ConnectionTarget): string {
  const colon = place.lastIndexOf(":");
  const host = place.slice(0, colon).replace(/^\[|\]$/g, "");
  return `-h ${host} -p ${place.slice(colon + 1)}${user === undefined ? "" : ` -U ${user}`} ${database}`;
}

function quoteName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** Where several addresses were tried, Node collects what happened at each; the first one says enough. */
function firstCause(error: unknown): unknown {
  return error instanceof AggregateError && error.errors.length > 0 ? (error.errors[0] as unknown) : error;
}

function describeFailure(error: unknown, { place, user }: ConnectionTarget): Description {
  const said = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ECONNREFUSED" || code === "ENOENT") {
    return {
      text: `No server answers at ${place} (${code})`,
      hint: "Is PostgreSQL running there? Check host and port; in a container, localhost is the container itself.",
    };
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return {
      text: `The host name of ${place} is not known (${code})`,
      hint: "Check how it is written, and whether this machine can resolve it.",
    };
  }
  if (code === "ETIMEDOUT" || code === "EHOSTUNREACH" || code === "ENETUNREACH" || /timeout/i.test(said)) {
    return {
      text: `${place} did not answer in time (${code === "" ? said : code})`,
      hint: "Check the address, firewalls and security groups; connect_timeout (in seconds) sets how long to wait.",
    };
  }
  if (/does not support SSL|establishing an SSL/.test(said)) {
    return {
      text: `${place} does not take TLS connections, and sslmode asks for one`,
      hint: "Turn TLS on at the server, or use sslmode=prefer or sslmode=disable.",
    };
  }
  if (isCertificateTrouble(code, said)) {
    return {
      text: `The TLS certificate of ${place} was not accepted: ${said}`,
      hint: "Name the certificate authority with sslrootcert=FILE, or check that the certificate is for this host name.",
    };
  }
  if (/password must be a string|password must be a non-empty/i.test(said)) {
    return {
      text: `${place} asks for the password of user ${user ?? "?"}, and none was given`,
      hint: "Put it into PGPASSWORD, ~/.pgpass or the URL.",
    };
  }
  if (/Connection terminated|ECONNRESET/.test(`${said} ${code}`)) {
    return {
      text: `${place} closed the connection before it was made (${code === "" ? said : code})`,
      hint: "Does a PostgreSQL server listen there? A pooler or proxy in between may have refused it; its log says why.",
    };
  }
  return { text: `Could not connect to ${place}: ${said}` };
}

function isCertificateTrouble(code: string, said: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL|ERR_OSSL|EPROTO/.test(code) || /certificate/i.test(said);
}
