import { homedir, userInfo } from "node:os";
import { join } from "node:path";

export type Environment = Readonly<Record<string, string | undefined>>;

/** From libpq: which variable stands for which parameter. The last three are settings of the server. */
const variables: Readonly<Record<string, string>> = {
  PGHOST: "host",
  PGHOSTADDR: "hostaddr",
  PGPORT: "port",
  PGDATABASE: "dbname",
  PGUSER: "user",
  PGPASSWORD: "password",
  PGPASSFILE: "passfile",
  PGSERVICE: "service",
  PGOPTIONS: "options",
  PGAPPNAME: "application_name",
  PGCONNECT_TIMEOUT: "connect_timeout",
  PGSSLMODE: "sslmode",
  PGSSLNEGOTIATION: "sslnegotiation",
  PGSSLCERT: "sslcert",
  PGSSLKEY: "sslkey",
  PGSSLROOTCERT: "sslrootcert",
  PGSSLCRL: "sslcrl",
  PGSSLSNI: "sslsni",
  PGSSLMINPROTOCOLVERSION: "ssl_min_protocol_version",
  PGSSLMAXPROTOCOLVERSION: "ssl_max_protocol_version",
  PGCHANNELBINDING: "channel_binding",
  PGREQUIREAUTH: "require_auth",
  PGGSSENCMODE: "gssencmode",
  PGTARGETSESSIONATTRS: "target_session_attrs",
  PGLOADBALANCEHOSTS: "load_balance_hosts",
  PGDATESTYLE: "DateStyle",
  PGTZ: "TimeZone",
  PGGEQO: "geqo",
};

/** The parameters that the environment sets. */
export function readVariables(env: Environment): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const [variable, name] of Object.entries(variables)) {
    const value = env[variable];
    if (value !== undefined && value !== "") parameters.set(name, value);
  }
  return parameters;
}

/** The folder where libpq looks for a user's certificates. */
export function certificateFolder(env: Environment): string {
  return process.platform === "win32" ? join(env["APPDATA"] ?? "", "postgresql") : join(homeFolder(env), ".postgresql");
}

/** A file of the user that libpq reads, such as `~/.pgpass`; on Windows they lie in one folder. */
export function userFile(env: Environment, unixName: string, windowsName: string): string {
  return process.platform === "win32"
    ? join(env["APPDATA"] ?? "", "postgresql", windowsName)
    : join(homeFolder(env), unixName);
}

function homeFolder(env: Environment): string {
  return env["HOME"] ?? homedir();
}

/** The user that runs us; undefined in a container whose user has no name. */
export function operatingSystemUser(env: Environment): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return env["USER"] ?? env["LOGNAME"] ?? env["USERNAME"];
  }
}
