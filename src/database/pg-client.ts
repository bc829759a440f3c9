import type { TLSSocket } from "node:tls";
import type { Socket } from "node:net";

/** The part of the wire protocol of `pg` that its custom queries are given. */
export interface PgWire {
  readonly stream: Socket | TLSSocket;
  query(text: string): void;
  sendCopyFail(reason: string): void;
  on(event: string, listener: (message: never) => void): unknown;
  off(event: string, listener: (message: never) => void): unknown;
}

/** What we use of a Client of `pg`; structural, because a caller's may come from another copy or version of it. */
export interface PgClient {
  readonly host: string;
  readonly port: number;
  readonly user?: string | undefined;
  readonly database?: string | undefined;
  readonly ssl?: unknown;
  readonly sslNegotiation?: string;
  readonly processID: number | null;
  readonly secretKey: number | null;
  readonly connection: PgWire;
  readonly connectionParameters?: { readonly query_timeout?: unknown };
  pipeline?: boolean;
  connect(): Promise<unknown>;
  query(message: object): unknown;
  end(): Promise<unknown>;
  on(event: string, listener: (argument: never) => void): unknown;
  off(event: string, listener: (argument: never) => void): unknown;
}
