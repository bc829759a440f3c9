// Runs the tests on PostgreSQL 13 to 18. The servers that the daily tests do not use are installed first, apart from the
// other dependencies, because they are large.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const servers = fileURLToPath(new URL("../test/support/all-majors", import.meta.url));
const vitest = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));
const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;

function run(command, args, env = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32" && command === "npm",
    env: { ...process.env, ...env },
  });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

if (!existsSync(`${servers}/node_modules`)) run("npm", ["ci", "--prefix", servers]);
const isInstalled = (major) => existsSync(`${servers}/node_modules/postgres-${major}-${platform}`);
const missing = [13, 14, 16, 17].filter((major) => !isInstalled(major));
if (missing.length > 0)
  console.error(`Not tested, as npm has no binaries for ${platform}: PostgreSQL ${missing.join(", ")}`);
const majors = [13, 14, 15, 16, 17, 18].filter((major) => !missing.includes(major));
run(process.execPath, [vitest, "run", ...process.argv.slice(2)], { GANDER_TEST_PG: majors.join(",") });
