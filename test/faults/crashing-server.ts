import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { existsSync } from "node:fs";
import { startServer } from "../support/server.ts";
import { findServerBinaries } from "../support/server-binaries.ts";
import type { TestServer } from "../support/server-list.ts";
import { chooseServerUser } from "../support/server-user.ts";

/** How a server is ended: as a crash, or with all sessions told to go. */
export type Ending = "immediate" | "fast";

/** A server of a test's own, which can be ended and started again on the same port with what it had. */
export interface CrashingServer extends AsyncDisposable {
  readonly server: TestServer;
  /** Tells the server to end; resolves when it has. */
  stop(ending: Ending): Promise<void>;
  start(): Promise<void>;
}

/** What was committed is there after a crash, unlike on the other test servers. */
const SETTINGS = "synchronous_commit = on\nfsync = off\nmax_wal_size = 4GB\n";

/** Starts one; it has databases of its own. */
export async function startCrashingServer(major: number): Promise<CrashingServer> {
  const first = await startServer(major, { settings: SETTINGS });
  const { port, socketFolder: folder } = first;
  if (folder === undefined) throw new Error("servers are ended and started again where they have unix sockets");
  const server: TestServer = {
    major,
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    host: "127.0.0.1",
    port,
    socketFolder: folder,
    ours: true,
  };
  const copied = join(folder, "native");
  const binaries = existsSync(copied) ? copied : findServerBinaries(major);
  let processId = first.pid;
  let again: ChildProcess | undefined;

  const stop = async (ending: Ending): Promise<void> => {
    const gone = again === undefined ? untilGone(processId) : once(again, "exit");
    process.kill(processId, ending === "immediate" ? "SIGQUIT" : "SIGINT");
    await gone;
    again = undefined;
  };
  const endAtOnce = () => again?.kill("SIGQUIT");
  process.once("exit", endAtOnce);
  return {
    server,
    stop,
    start: async () => {
      const args = ["-D", join(folder, "data"), "-p", `${port}`, "-h", "127.0.0.1", "-k", folder];
      again = spawn(join(binaries, "bin", "postgres"), args, {
        ...chooseServerUser(),
        cwd: folder,
        env: { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" },
        stdio: ["ignore", "ignore", "pipe"],
        detached: true,
      });
      processId = again.pid!;
      await untilReady(again);
    },
    [Symbol.asyncDispose]: async () => {
      process.off("exit", endAtOnce);
      if (again !== undefined) await stop("immediate");
      await first.stop();
    },
  };
}

async function untilReady(child: ChildProcess): Promise<void> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stderr! })) {
    lines.push(line);
    if (line.includes("database system is ready to accept")) {
      child.stderr!.resume();
      return;
    }
  }
  throw new Error(`the server did not start again:\n${lines.join("\n")}`);
}

/** A child of somebody else's: its end is seen by its process id alone. */
async function untilGone(processId: number): Promise<void> {
  for (;;) {
    try {
      process.kill(processId, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
