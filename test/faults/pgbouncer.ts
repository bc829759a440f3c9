import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "vitest";
import type { TestServer } from "../support/server-list.ts";
import { chooseServerUser } from "../support/server-user.ts";

/** A PgBouncer in front of a server, in transaction pooling where nothing else is said. */
export interface Pooler extends AsyncDisposable {
  readonly port: number;
  /** The URL of a database of the server, through the pooler. */
  url(database: string): string;
}

/** Whether the tests that need PgBouncer can run; if not, it is said once what is missing. */
export const hasPgbouncer = ((): boolean => {
  if (spawnSync("pgbouncer", ["--version"]).error === undefined) return true;
  process.stderr.write(
    `PgBouncer is not installed: those tests of ${basename(expect.getState().testPath ?? "test/faults")} that go through it did not run. To run them: apt-get install pgbouncer\n`,
  );
  return false;
})();

/** Starts a pooler with a number of server connections for each database; `settings` are more lines of its configuration. */
export async function startPooler(server: TestServer, poolSize: number, settings = ""): Promise<Pooler> {
  const user = chooseServerUser();
  const folder = mkdtempSync(join(tmpdir(), "gander-pooler-"));
  const port = await findFreePort();
  const file = join(folder, "pgbouncer.ini");
  const { username, password } = new URL(server.url);
  writeFileSync(join(folder, "users.txt"), `"${username}" "${password}"\n`);
  writeFileSync(
    file,
    `[databases]
* = host=${server.host} port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${join(folder, "users.txt")}
pool_mode = transaction
default_pool_size = ${poolSize}
max_client_conn = 200
ignore_startup_parameters = extra_float_digits,options
${settings}
`,
  );
  chmodSync(folder, 0o755);
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const child = spawn("pgbouncer", [file], { ...user, cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const endAtOnce = () => child.kill("SIGKILL");
  process.once("exit", endAtOnce);
  await untilUp(child);
  return {
    port,
    url: (database) => {
      const url = new URL(server.url);
      url.host = `127.0.0.1:${port}`;
      url.pathname = `/${database}`;
      return url.href;
    },
    [Symbol.asyncDispose]: async () => {
      process.off("exit", endAtOnce);
      child.kill("SIGTERM");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      remove();
    },
  };
}

async function untilUp(child: ChildProcess): Promise<void> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stderr! })) {
    lines.push(line);
    if (line.includes("process up")) {
      child.stderr!.resume();
      return;
    }
  }
  throw new Error(`PgBouncer did not start:\n${lines.join("\n")}`);
}

async function findFreePort(): Promise<number> {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, "close");
  return port;
}
