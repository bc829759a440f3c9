import { ConnectionError } from "../errors.ts";
import type { PgClient } from "./pg-client.ts";
import type { ConnectionSettings } from "./settings/connection-settings.ts";

/**
 * Breaks the connection off before a password is sent in a way that `require_auth` or `channel_binding=require` forbid.
 * To be called before the client connects: our listeners must be the first. The function that it returns throws if it was
 * broken off; to be called once the client is connected.
 */
export function guardAuthentication(client: PgClient, { requireAuth, channelBinding }: ConnectionSettings): () => void {
  let seen = false;
  let refusal: ConnectionError | undefined;
  const refuse = (why: string): void => {
    refusal ??= new ConnectionError(`The connection was broken off: ${why}`);
    client.connection.stream.destroy(refusal);
  };
  const check = (method: string, binds = false): void => {
    seen = true;
    if (requireAuth !== undefined && requireAuth.methods.includes(method) !== requireAuth.allowed) {
      refuse(`the server asks for the authentication method ${method}, which require_auth forbids`);
    }
    if (channelBinding === "require" && !binds) {
      refuse("the server offers no channel binding, and channel_binding=require asks for it");
    }
  };
  const wire = client.connection;
  wire.on("authenticationCleartextPassword", () => check("password"));
  wire.on("authenticationMD5Password", () => check("md5"));
  wire.on("authenticationSASL", ({ mechanisms }: { mechanisms: readonly string[] }) =>
    check("scram-sha-256", mechanisms.includes("SCRAM-SHA-256-PLUS") && "encrypted" in wire.stream),
  );
  wire.on("authenticationOk", () => {
    if (!seen) check("none");
  });
  return () => {
    // A server that asks for nothing may be ready in the same breath, before the end of the socket is noticed.
    if (refusal !== undefined) throw refusal;
  };
}
