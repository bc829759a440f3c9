// Builds the package: tsc checks and translates src into build/, and rolldown packs that into the few files of dist/ that
// are published. A program on Node 20 spends half a millisecond on each module it loads, and servers start often.
import { spawnSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const build = join(root, "build");
const dist = join(root, "dist");

rmSync(build, { recursive: true, force: true });
const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
const { status } = spawnSync(process.execPath, [compiler, "-p", "tsconfig.build.json", "--outDir", "build"], {
  cwd: root,
  stdio: "inherit",
});
if (status !== 0) process.exit(status ?? 1);

const bundle = await rolldown({
  input: { index: join(build, "index.js"), "cli/main": join(build, "cli", "main.js") },
  platform: "node",
  external: [/^node:/, /^[a-z@][^:]*$/i],
  logLevel: "warn",
});
rmSync(dist, { recursive: true, force: true });
// What every start needs goes into one file; what few need (advice, files to create, completion) stays apart.
const groups = [
  { name: "core", test: /build[\\/](database|files|history|plan|run[\\/](?!advice)|[^\\/]+\.js$)/ },
  { name: "cli", test: /build[\\/]cli[\\/](?!commands[\\/]|completion[\\/]|confirm|progress|report-error|main)/ },
];
await bundle.write({
  dir: dist,
  format: "esm",
  chunkFileNames: "chunks/[name]-[hash].js",
  codeSplitting: { groups },
});
await bundle.close();

const declarations = (path) => !path.endsWith(".js") && !/build[\\/](cli|report)([\\/]|$)/.test(path);
cpSync(build, dist, { recursive: true, filter: declarations });
