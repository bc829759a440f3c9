import type { Environment } from "./settings/surroundings.ts";

/** What a connection leads to, for people: no part of it is secret. */
export interface ConnectionTarget {
  /** `db.example.com:5432`, or the folder of a unix socket with the port. */
  readonly place: string;
  readonly user?: string | undefined;
  readonly database?: string | undefined;
  /** What is known about the password, should the server not like it. */
  readonly passwordNote?: string | undefined;
}

/** The part of a configuration of `pg` that says where it leads. */
export interface PgConfig {
  readonly connectionString?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
  readonly database?: string | undefined;
}

/** `host:port`, as people write it. */
export function placeOf({ host, port }: { readonly host: string; readonly port: number | string }): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** `host:port/database` */
export function describeTarget({ place, database, user }: ConnectionTarget): string {
  return `${place}/${database ?? user ?? ""}`;
}

/** Where a configuration of `pg` leads, with the variables that `pg` reads for what it leaves out. */
export function targetOfConfig(config: PgConfig, env: Environment): ConnectionTarget {
  const url = parseUrl(config.connectionString);
  const host = url?.host ?? config.host ?? env["PGHOST"] ?? "localhost";
  const port = url?.port ?? config.port ?? env["PGPORT"] ?? 5432;
  const user = url?.user ?? config.user ?? env["PGUSER"] ?? env["USER"];
  const database = url?.database ?? config.database ?? env["PGDATABASE"];
  return { place: placeOf({ host, port }), user, database };
}

function parseUrl(text: string | undefined): Omit<PgConfig, "port"> & { port?: string | undefined } {
  if (text === undefined || !URL.canParse(text)) return {};
  const url = new URL(text);
  const part = (written: string): string | undefined => (written === "" ? undefined : decode(written));
  return {
    host: url.searchParams.get("host") ?? part(url.hostname.replace(/^\[|\]$/g, "")),
    port: part(url.port),
    user: part(url.username),
    database: part(url.pathname.slice(1)),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
