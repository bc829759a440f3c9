import { execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";

const nobody = 65_534;

/** The folder of PostgreSQL 18's programs, from the package that the project's own tests use, with its libraries linked. */
function findPrograms() {
  const platform = { linux: "linux", darwin: "darwin", win32: "windows" }[process.platform];
  const root = join(import.meta.dirname, "..", "node_modules", `postgres-18-${platform}-${process.arch}`);
  if (!existsSync(root)) {
    throw new Error(`no PostgreSQL for this platform in ${root}: run npm ci in the project, or set BENCH_DATABASE_URL`);
  }
  const links = join(root, "native", "pg-symlinks.json");
  for (const { source, target } of existsSync(links) ? JSON.parse(readFileSync(links, "utf8")) : []) {
    const [from, to] = [join(root, source), join(root, target)];
    if (!existsSync(to)) symlinkSync(relative(dirname(to), from), to);
  }
  return join(root, "native", "bin");
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true) ?? socket.destroy());
    socket.on("error", () => resolve(false));
  });
}

/**
 * Starts a PostgreSQL 18 of its own in the temporary folder, with the settings that a server has out of the box, and
 * resolves when it takes connections. `BENCH_DATABASE_URL` names another server instead; its role must be allowed to
 * create databases.
 */
export async function startServer() {
  const given = process.env.BENCH_DATABASE_URL;
  if (given) return { url: given, stop() {} };
  const programs = findPrograms();
  const folder = mkdtempSync(join(tmpdir(), "gander-bench-"));
  chmodSync(folder, 0o755);
  const data = join(folder, "data");
  mkdirSync(data, { mode: 0o700 });
  // PostgreSQL refuses to run as root.
  const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  if (user.uid) chownSync(data, user.uid, user.gid);
  execFileSync(join(programs, "initdb"), ["-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8", "--locale=C"], {
    stdio: "pipe",
    cwd: folder,
    ...user,
  });
  const port = await freePort();
  const options = [
    "-D",
    data,
    "-p",
    String(port),
    "-c",
    "listen_addresses=127.0.0.1",
    "-c",
    "unix_socket_directories=",
  ];
  const child = spawn(join(programs, "postgres"), options, { stdio: "ignore", cwd: folder, ...user });
  let ended = false;
  const end = new Promise((resolve) => child.once("exit", () => resolve((ended = true))));
  while (!(await answers(port))) {
    if (ended) throw new Error(`PostgreSQL ended at its start; its programs are in ${programs}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url: `postgres://bench@127.0.0.1:${port}/postgres?sslmode=disable`,
    async stop() {
      child.kill("SIGINT");
      await end;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
