// Checks what would be published: its size, its types and exports, what a production install brings along, and that nothing
// is declared that is not used.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const LARGEST_BYTES = 300_000;
const MOST_PACKAGES = 25;

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = mkdtempSync(join(tmpdir(), "gander-package-"));
const npm = process.platform === "win32" ? "npm.cmd" : "npm";
const run = (command, args, cwd = root) =>
  execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
const tool = (path, ...args) => run(process.execPath, [join(root, "node_modules", path), ...args]);
const fail = (message) => {
  console.error(message);
  process.exitCode = 1;
};

try {
  run(npm, ["pack", "--silent", "--pack-destination", folder]);
  const name = readdirSync(folder).find((file) => file.endsWith(".tgz"));
  const tarball = join(folder, name);
  const { size } = statSync(tarball);
  console.log(`${name}: ${size} bytes (at most ${LARGEST_BYTES})`);
  if (size > LARGEST_BYTES) fail("the package has grown too large");

  tool("publint/src/cli.js", "--strict");
  tool("@arethetypeswrong/cli/dist/index.js", tarball, "--profile", "esm-only");
  tool("knip/bin/knip.js");

  const app = join(folder, "app");
  mkdirSync(app);
  writeFileSync(join(app, "package.json"), JSON.stringify({ name: "app", private: true, type: "module" }));
  run(npm, ["install", "--silent", "--omit=dev", "--omit=optional", tarball], app);
  const packages = run(npm, ["ls", "--all", "--parseable"], app).trim().split("\n").length - 1;
  console.log(`a production install brings ${packages} packages (at most ${MOST_PACKAGES})`);
  if (packages > MOST_PACKAGES) fail("the package brings too many others");

  const installed = join(app, "node_modules", "pg-gander");
  for (const file of ["LICENSE", "README.md", "CHANGELOG.md"])
    if (!existsSync(join(installed, file))) fail(`${file} is not in the package`);
  writeFileSync(join(app, "use.js"), 'import { migrateOnStart } from "pg-gander"; console.log(typeof migrateOnStart);');
  if (run(process.execPath, ["use.js"], app).trim() !== "function") fail("the installed package cannot be imported");
  const loaded = run(process.execPath, [join(root, "test", "package", "loaded-modules.js"), join(app, "use.js")], app);
  const heavy = loaded
    .split("\n")
    .filter((url) => /\/node_modules\/(?!pg-gander\/)|\/pg-gander\/dist\/(cli\/|chunks\/cli-)/.test(url));
  if (heavy.length > 0) fail(`importing the library loads ${heavy.join(", ")}`);
  console.log(run(process.execPath, [join(installed, "dist", "cli", "main.js"), "--version"], app).trim());
} finally {
  rmSync(folder, { recursive: true, force: true });
}
