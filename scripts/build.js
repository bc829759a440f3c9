// Builds the package: tsc checks and translates src into build/, and rolldown packs that into the few files of dist/ that
// are published. A program on Node 20 spends half a millisecond on each module it loads, and servers start often.
import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
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
// What every start loads goes into one file; what is imported when first needed (advice, repair, adoption) stays apart.
const core = reachedFrom(join(build, "index.js"));
const groups = [
  { name: "core", test: (id) => core.has(id) },
  { name: "cli", test: /build[\\/]cli[\\/](?!commands[\\/]|completion[\\/]|confirm|progress|report-error|main)/ },
];
await bundle.write({
  dir: dist,
  format: "esm",
  chunkFileNames: "chunks/[name]-[hash].js",
  codeSplitting: { groups },
  // The declarations have them.
  comments: false,
});
await bundle.close();

for (const path of reachedFrom(join(build, "index.d.ts"))) cpSync(path, join(dist, relative(build, path)));

/** The modules, or declarations, that one needs at once, itself included. */
function reachedFrom(entry) {
  const reached = new Set([entry]);
  const suffix = entry.endsWith(".d.ts") ? ".d.ts" : ".js";
  // A set can grow while it is walked.
  for (const path of reached) {
    const text = readFileSync(path, "utf8");
    const imports =
      suffix === ".js"
        ? /(?:^|\n)(?:import|export)\s(?:[^"();]*\sfrom\s)?"(\.[^"]+)"/g
        : /(?:from |import\()"(\.[^"]+)"/g;
    for (const [, specifier] of text.matchAll(imports)) {
      reached.add(join(dirname(path), specifier.replace(/\.(js|ts)$/, suffix)));
    }
  }
  return reached;
}
