import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import type { GanderError } from "../errors.ts";
import { ConfigError, ConnectionError, MissingDependencyError } from "../errors.ts";
import type { Database } from "./connection.ts";
import type { FolderLock } from "./folder-lock.ts";
import { createPGliteConnection, sendToPGlite } from "./pglite-connection.ts";
import type { PGliteLike } from "./pglite-like.ts";
import { readSessionState, restoreSessionState } from "./session-state.ts";

/** The database of a PGlite instance that the caller gave; it stays open, and its session as it was. */
export function createPGliteDatabase(pglite: PGliteLike): Database {
  let inUse = false;
  return {
    driver: "pglite",
    description: "PGlite",
    severalConnections: false,
    reconnects: false,
    connect: async () => {
      if (inUse) throw oneSession();
      if (pglite.closed) throw new ConnectionError("The PGlite instance that was given is closed.");
      await pglite.waitReady;
      const send = (message: string) => sendToPGlite(pglite, message);
      const before = await readSessionState(send);
      inUse = true;
      return createPGliteConnection(pglite, async () => {
        inUse = false;
        await restoreSessionState(send, before);
      });
    },
    close: async () => {},
  };
}

/** A PGlite that we start ourselves, in a folder or, without one, in memory; it ends when the Database is closed. */
export function createEmbeddedDatabase(folder: string | undefined): Database {
  let starting: Promise<Embedded> | undefined;
  let inUse = false;
  return {
    driver: "pglite",
    description: folder === undefined ? "pglite: (in memory)" : `pglite:${folder}`,
    severalConnections: false,
    reconnects: false,
    connect: async () => {
      if (inUse) throw oneSession();
      inUse = true;
      try {
        const { pglite } = await (starting ??= start(folder));
        return createPGliteConnection(pglite, async () => {
          inUse = false;
          // The next connection is a new session, as it would be on a server.
          await sendToPGlite(pglite, "ROLLBACK");
          await sendToPGlite(pglite, "DISCARD ALL");
        });
      } catch (error) {
        starting = undefined;
        inUse = false;
        throw error;
      }
    },
    close: async () => {
      const embedded = await starting?.catch(() => undefined);
      starting = undefined;
      await embedded?.pglite.close().catch(() => {});
      embedded?.lock?.release();
    },
  };
}

interface Embedded {
  readonly pglite: PGliteLike & { close(): Promise<void> };
  readonly lock: FolderLock | undefined;
}

async function start(folder: string | undefined): Promise<Embedded> {
  const { PGlite } = await importPGlite();
  if (folder === undefined) return { pglite: await PGlite.create(), lock: undefined };
  // Loaded late, because servers need no lock.
  const { lockFileName, lockFolder } = await import("./folder-lock.ts");
  const path = resolve(folder);
  prepareFolder(path, lockFileName);
  const lock = lockFolder(path);
  try {
    return { pglite: await PGlite.create(path), lock };
  } catch (error) {
    lock.release();
    throw new ConnectionError(`The embedded database in ${folder} does not start: ${messageOf(error)}`, {
      cause: error,
      hint: "If another version of PGlite, or another program, made it, it can only be used with that.",
    });
  }
}

async function importPGlite(): Promise<typeof import("@electric-sql/pglite")> {
  try {
    return await import("@electric-sql/pglite");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new MissingDependencyError("@electric-sql/pglite", "An embedded database (pglite:)", { cause: error });
  }
}

function prepareFolder(path: string, lockFileName: string): void {
  try {
    mkdirSync(path, { recursive: true });
    if (existsSync(resolve(path, "PG_VERSION"))) return;
    if (readdirSync(path).every((name) => name.startsWith(lockFileName))) return;
  } catch (error) {
    throw new ConfigError(`The folder ${path} cannot be used for an embedded database: ${messageOf(error)}`);
  }
  throw new ConfigError(`The folder ${path} has files in it, but no embedded database`, {
    hint: "Name an empty folder, or one that does not exist yet.",
  });
}

function oneSession(): GanderError {
  return new ConnectionError("An embedded database has one session, and it is in use.");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
