import { inject } from "vitest";

/** A server that the tests may create databases on. */
export interface TestServer {
  readonly major: number;
  /** `postgres://…/postgres` of a superuser (of a role with CREATEDB, for a server that was given by the user). */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** The folder of its unix socket, where it has one. */
  readonly socketFolder: string | undefined;
  /** True where we started it: then `server-settings.ts` says what it is like. */
  readonly ours: boolean;
}

declare module "vitest" {
  interface ProvidedContext {
    servers: TestServer[];
  }
}

/** The servers of this run, by ascending major; made for `describe.each(servers())("PostgreSQL $major", …)`. */
export function servers(): readonly TestServer[] {
  return inject("servers");
}

/** The newest server of this run, for tests that need one and not each. */
export function newestServer(): TestServer {
  return servers().at(-1)!;
}

/** The servers that we started, for tests that need to know how a server is set up. */
export function ownServers(): readonly TestServer[] {
  return servers().filter((server) => server.ours);
}
