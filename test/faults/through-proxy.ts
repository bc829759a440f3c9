import type { TestDatabase } from "../support/create-database.ts";
import { type ProxyOptions, startProxy } from "../support/proxy.ts";

/** A database through a proxy that looks at each chunk. */
export async function throughProxy(database: TestDatabase, inspect: NonNullable<ProxyOptions["inspect"]>) {
  const proxy = await startProxy({ host: database.server.host, port: database.server.port, inspect });
  const url = new URL(database.url);
  url.host = `${proxy.host}:${proxy.port}`;
  return { url: url.href, [Symbol.asyncDispose]: () => proxy.close() };
}
