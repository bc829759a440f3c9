import { ConfigError } from "../../errors.ts";
import type { RawParameters } from "./parse-connection-string.ts";

/** Parameters with a meaning here; the names are libpq's. (`client_encoding` has none: `pg` always asks for UTF8.) */
const meant = [
  "host hostaddr port dbname user password passfile service servicefile connect_timeout client_encoding options",
  "application_name fallback_application_name keepalives keepalives_idle sslmode sslnegotiation sslcert sslkey",
  "sslpassword sslrootcert sslcrl sslsni ssl_min_protocol_version ssl_max_protocol_version channel_binding",
  "target_session_attrs load_balance_hosts require_auth gssencmode",
]
  .join(" ")
  .split(" ");

/** Parameters that other drivers or parts of libpq know and that change nothing for us: poolers, prepared statements, Kerberos. */
const ignored = [
  "keepalives_interval keepalives_count tcp_user_timeout sslcompression sslcrldir sslcertmode requirepeer requiressl",
  "krbsrvname krbspn gsslib gssdelegation min_protocol_version max_protocol_version authtype tty",
  "pool_max_conns pool_min_conns pool_min_idle_conns pool_max_conn_lifetime pool_max_conn_lifetime_jitter",
  "pool_max_conn_idle_time pool_health_check_period default_query_exec_mode statement_cache_capacity",
  "statement_cache_mode description_cache_capacity min_read_buffer_size prefer_simple_protocol binary_parameters",
  "disable_prepared_binary_result sslinline",
  "pgbouncer connection_limit pool_timeout socket_timeout statement_cache_size sslaccept sslidentity uselibpqcompat",
  "query_timeout pool prepared_statements max_pool_size",
]
  .join(" ")
  .split(" ");

/** Other names for the same; `schema` is what Prisma calls the search path. */
const aliases: Readonly<Record<string, string>> = { database: "dbname", username: "user", schema: "search_path" };

/** Parameters by what becomes of them. */
export interface SortedParameters {
  /** For us, by libpq's name. */
  readonly own: RawParameters;
  /** Settings of PostgreSQL, sent to the server as the connection begins. */
  readonly server: RawParameters;
}

/**
 * Tells apart what is for us and what is a setting of the server, which drivers take in a connection string too. What
 * looks like a slip of the pen is an error; any other word is the server's to judge.
 */
export function sortParameters(parameters: RawParameters): SortedParameters {
  const own = new Map<string, string>();
  const server = new Map<string, string>();
  for (const [written, value] of parameters) {
    const name = aliases[written] ?? written;
    if (meant.includes(name)) own.set(name, value);
    else if (name === "ssl") readSsl(value, own);
    else if (!ignored.includes(name)) server.set(checkSettingName(written, name), value);
  }
  return { own, server };
}

/** `ssl=true` is what JDBC, Rails and pg write; an sslmode says it better. */
function readSsl(value: string, own: Map<string, string>): void {
  if (own.has("sslmode")) return;
  if (/^(true|1|on|yes)$/i.test(value)) own.set("sslmode", "require");
  else if (/^(false|0|off|no)$/i.test(value)) own.set("sslmode", "disable");
  else if (value === "no-verify") own.set("sslmode", "no-verify");
  else
    throw new ConfigError("The connection parameter ssl takes true or false", {
      hint: "sslmode says it more exactly.",
    });
}

function checkSettingName(written: string, name: string): string {
  const nearest = [...meant, ...Object.keys(aliases), "search_path"].find((known) => isSlip(name, known));
  if (nearest !== undefined) {
    throw new ConfigError(`The connection parameter ${written} is not known`, { hint: `Did you mean ${nearest}?` });
  }
  if (/^[a-z_][a-z0-9_$]*(\.[a-z_][a-z0-9_$]*)*$/i.test(name)) return name;
  throw new ConfigError("A connection parameter has a name that is neither libpq's nor a setting of PostgreSQL", {
    hint: "Names consist of letters, digits and underscores.",
  });
}

function isSlip(name: string, known: string): boolean {
  if (name === known) return false;
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[_-]/g, "");
  return plain(name) === plain(known) || differences(name, known) <= (known.length <= 6 ? 1 : 2);
}

/** How many letters must be put in, left out, changed or swapped with their neighbour to make one word of the other. */
function differences(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const changed = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, changed, isSwap ? before[j - 2]! + 1 : changed));
    }
    before = row;
    row = next;
  }
  return row[to.length]!;
}
