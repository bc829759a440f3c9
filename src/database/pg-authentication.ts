import { ConnectionError } from "../errors.ts";
import type { PgClient } from "./pg-client.ts";
import type { ConnectionSettings } from "./settings/connection-settings.ts";

/**
 * Breaks the connection off before a password is sent in a way that `require_auth` or `channel_binding=require` forbid.
 * To be called before the client connects: our listeners must be the first.
 */
export function guardAuthentication(client: PgClient, { requireAuth, channelBinding }: ConnectionSettings): void {
  if (requireAuth === undefined && channelBinding !== "require") return;
  let seen = false;
  const check = (method: string, binds = false): void => {
    seen = true;
    if (requireAuth !== undefined && requireAuth.methods.includes(method) !== requireAuth.allowed) {
      refuse(client, `the server asks for the authentication method ${method}, which require_auth forbids`);
    }
    if (channelBinding === "require" && !binds) {
      refuse(client, "the server offers no channel binding, and channel_binding=require asks for it");
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
}

function refuse(client: PgClient, why: string): void {
  client.connection.stream.destroy(new ConnectionError(`The connection was broken off: ${why}`));
}
