import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const bench = import.meta.dirname;
const root = join(bench, "..");

function npm(args, cwd) {
  const { status } = spawnSync("npm", args, {
    cwd,
    stdio: ["ignore", process.stderr.fd, process.stderr.fd],
    shell: process.platform === "win32",
  });
  return status === 0;
}

const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

/** Installs the peers of the benchmark where they are missing or older than the lockfile. */
export function installPeers() {
  if (modified(join(bench, "node_modules", ".package-lock.json")) >= modified(join(bench, "package-lock.json"))) return;
  console.error("installing the other tools: npm ci --prefix bench …");
  if (!npm(["ci", "--prefix", bench], bench)) throw new Error("npm ci --prefix bench failed: see above");
}

/** Builds gander where its sources are newer than what was built. */
export function buildGander() {
  const sources = readdirSync(join(root, "src"), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const newest = Math.max(...sources.map((entry) => modified(join(entry.parentPath ?? entry.path, entry.name))));
  if (modified(join(root, "dist", "index.js")) >= newest) return;
  console.error("building gander: npm run build …");
  if (!npm(["run", "--silent", "build"], root)) console.error("the build failed; gander is left out");
}
