import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { findServerBinaries } from "./server-binaries.ts";
import { serverAccess, serverRoles, serverSettings } from "./server-settings.ts";
import { chooseServerUser, type ServerUser } from "./server-user.ts";

/** A PostgreSQL server that we started; the superuser is `postgres`, without a password. */
export interface RunningServer {
  readonly major: number;
  readonly port: number;
  /** The folder of its unix socket; undefined on Windows. */
  readonly socketFolder: string | undefined;
  readonly pid: number;
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** Lines for postgresql.conf. */
  readonly settings?: string;
  /** Starts as a hot standby that follows nobody: it answers queries and takes no writes. */
  readonly standby?: boolean;
}

interface Installation {
  readonly major: number;
  readonly folder: string;
  readonly binaries: string;
  readonly user: ServerUser | undefined;
}

/** Starts a new, empty server of a major version on a free port of 127.0.0.1 and on a unix socket. */
export async function startServer(major: number, options: ServerOptions = {}): Promise<RunningServer> {
  const folder = mkdtempSync(join(tmpdir(), `gander-pg${major}-`));
  try {
    const user = chooseServerUser();
    if (user !== undefined) chownSync(folder, user.uid, user.gid);
    const installation = { major, folder, binaries: reachableBinaries(major, folder, user), user };
    await initialise(installation, options);
    return await launch(installation);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The binaries where they are, or a copy where the server's user may not go (a clone under /root, say). */
function reachableBinaries(major: number, folder: string, user: ServerUser | undefined): string {
  const binaries = findServerBinaries(major);
  if (spawnSync(join(binaries, "bin", "postgres"), ["--version"], { ...user, cwd: folder }).status === 0)
    return binaries;
  const copy = join(folder, "native");
  cpSync(binaries, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

async function initialise(installation: Installation, options: ServerOptions): Promise<void> {
  const data = join(installation.folder, "data");
  await run(installation, "initdb", ["-D", data, "-U", "postgres", "-E", "UTF8", "--locale=C", "-A", "trust", "-N"]);
  appendFileSync(join(data, "postgresql.conf"), `${serverSettings}\n${options.settings ?? ""}\n`);
  writeFileSync(join(data, "pg_hba.conf"), serverAccess);
  for (const name of ["ca.crt", "server.crt", "server.key"]) {
    const file = join(data, name);
    copyFileSync(new URL(`./certificates/${name}`, import.meta.url), file);
    chmodSync(file, 0o600);
    if (installation.user !== undefined) chownSync(file, installation.user.uid, installation.user.gid);
  }
  await run(
    installation,
    "postgres",
    ["--single", "-D", data, "postgres"],
    serverRoles.trim().replaceAll("\n\n", "\n"),
  );
  if (options.standby === true) writeFileSync(join(data, "standby.signal"), "");
}

async function run(installation: Installation, program: string, args: readonly string[], input = ""): Promise<void> {
  const child = spawnProgram(installation, program, args, ["pipe", "pipe", "pipe"]);
  let output = "";
  child.stdout?.on("data", (text: Buffer) => (output += text));
  child.stderr?.on("data", (text: Buffer) => (output += text));
  child.stdin?.end(input);
  const [exitCode] = (await once(child, "close")) as [number | null];
  if (exitCode !== 0) throw new Error(`${program} of PostgreSQL ${installation.major} failed:\n${output}`);
}

function spawnProgram(
  { binaries, folder, user }: Installation,
  program: string,
  args: readonly string[],
  stdio: ("pipe" | "ignore")[],
): ChildProcess {
  // Its own process group: Ctrl-C in a terminal must not end the server before the tests that use it.
  const env = { PATH: process.env["PATH"], SystemRoot: process.env["SystemRoot"], LC_ALL: "C", TZ: "UTC" };
  return spawn(join(binaries, "bin", program), args, {
    ...user,
    cwd: folder,
    env,
    stdio,
    detached: true,
    windowsHide: true,
  });
}

async function launch(installation: Installation): Promise<RunningServer> {
  const { folder, major } = installation;
  const socketFolder = process.platform === "win32" ? undefined : folder;
  for (let attempt = 1; ; attempt++) {
    const port = await findFreePort();
    const args = ["-D", join(folder, "data"), "-p", `${port}`, "-h", "127.0.0.1", "-k", socketFolder ?? ""];
    const child = spawnProgram(installation, "postgres", args, ["ignore", "ignore", "pipe"]);
    const log = await readLogUntilReady(child);
    if (log === "ready") return watch(installation, child, { major, port, socketFolder, pid: child.pid! });
    // Somebody may have taken the port since it was found free.
    if (attempt === 5 || !/could not (bind|create any TCP)/.test(log)) {
      throw new Error(`PostgreSQL ${major} did not start:\n${log}`);
    }
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function readLogUntilReady(child: ChildProcess): Promise<string> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stderr! })) {
    if (line.includes("database system is ready to accept")) {
      return "ready";
    }
    lines.push(line);
  }
  return lines.join("\n");
}

/** Sees to it that the server ends with us: stopped, interrupted or killed. */
function watch({ folder }: Installation, child: ChildProcess, server: Omit<RunningServer, "stop">): RunningServer {
  child.stderr!.resume();
  const exited = once(child, "exit");
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  const endAtOnce = () => {
    child.kill("SIGQUIT");
    remove();
  };
  process.once("exit", endAtOnce);
  const undertaker = spawnUndertaker(server.pid, folder);
  const stop = async () => {
    process.off("exit", endAtOnce);
    undertaker?.kill("SIGKILL");
    child.kill("SIGINT");
    await exited;
    remove();
  };
  return { ...server, stop };
}

/** A shell that outlives us, if only to end the server after a kill -9 that gave us no time to. */
function spawnUndertaker(pid: number, folder: string): ChildProcess | undefined {
  if (process.platform === "win32") return undefined;
  const script = 'read -r _; kill -QUIT "$1"; rm -rf "$2"';
  const shell = spawn("/bin/sh", ["-c", script, "sh", `${pid}`, folder], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  shell.unref();
  return shell;
}
