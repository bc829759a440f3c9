import type { RawParameters } from "./parse-connection-string.ts";
import type { TlsSettings } from "./tls-settings.ts";

/** One server of the list that is tried in order. */
export interface HostSettings {
  /** A name or an address; the folder of a unix socket begins with a slash. */
  readonly host: string;
  /** Where to connect, if not where the name leads; the name then only counts for the certificate and the password file. */
  readonly address: string | undefined;
  readonly port: number;
}

export type TargetSession = "any" | "read-write" | "read-only" | "primary" | "standby" | "prefer-standby";

/** How to reach a database: all that a URL, a service file and the environment say, with libpq's defaults. */
export interface ConnectionSettings {
  readonly hosts: readonly HostSettings[];
  readonly user: string;
  readonly database: string;
  readonly password: string | undefined;
  /** Where the password came from, for a hint. */
  readonly passwordSource: string | undefined;
  readonly passwordFile: string;
  readonly tls: TlsSettings;
  /** For each host, in milliseconds. */
  readonly connectTimeout: number;
  /** After how long in silence the network is probed, in milliseconds; undefined for never. */
  readonly keepAlive: number | undefined;
  readonly targetSession: TargetSession;
  readonly channelBinding: "disable" | "prefer" | "require";
  /** Methods of authentication that are allowed, or those that are not; undefined for any. */
  readonly requireAuth: { readonly methods: readonly string[]; readonly allowed: boolean } | undefined;
  /** Sent to the server as the connection begins, `user` and `database` apart. */
  readonly startup: RawParameters;
}
