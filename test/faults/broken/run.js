// Shows that each scenario of the fault suite can fail: applies each patch, which takes out one protection, to a copy of the
// tree, and demands that the scenario named in its first line fails there. Names of patches as arguments run these alone.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..", "..");
const COPIED = [
  "src",
  "test",
  "examples",
  "package.json",
  "tsconfig.json",
  "tsconfig.build.json",
  "vitest.faults.config.ts",
];
/** A protection that is missing may show as a process that waits for ever. */
const TEST_TIMEOUT_MS = 40_000;
const RUN_TIMEOUT_MS = 400_000;

const asked = process.argv.slice(2).map((name) => name.replace(/\.patch$/, ""));
const patches = readdirSync(here)
  .filter((name) => name.endsWith(".patch"))
  .map((name) => basename(name, ".patch"))
  .filter((name) => asked.length === 0 || asked.includes(name));
let wrong = 0;
for (const name of patches) {
  const began = Date.now();
  const { good, said } = check(name);
  if (!good) wrong++;
  console.log(`${good ? "ok    " : "WRONG "} ${name.padEnd(26)} ${Math.round((Date.now() - began) / 1000)} s  ${said}`);
}
console.log(`${patches.length - wrong} of ${patches.length} protections are missed when they are gone`);
process.exitCode = wrong === 0 && patches.length > 0 ? 0 : 1;

function check(name) {
  const copy = mkdtempSync(join(tmpdir(), "gander-broken-"));
  try {
    for (const path of COPIED) {
      cpSync(join(root, path), join(copy, path), {
        recursive: true,
        filter: (from) => basename(from) !== "node_modules",
      });
    }
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"), "junction");
    const patch = join(here, `${name}.patch`);
    const applied = spawnSync("git", ["apply", "-C1", patch], { cwd: copy, encoding: "utf8" });
    if (applied.status !== 0) return { good: false, said: `does not apply: ${applied.stderr.trim()}` };
    const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
    const compiled = run(copy, process.execPath, [compiler, "-p", "tsconfig.build.json", "--noEmit"]);
    if (compiled.status !== 0) return { good: false, said: `does not compile: ${compiled.stdout.trim()}` };
    return runScenario(copy, readFileSync(patch, "utf8").split("\n")[0]);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** `NAME=VALUE … FILE -t "PATTERN"`, the variables and the pattern where they are needed. */
function runScenario(copy, line) {
  const { groups } = /^(?<variables>(?:\w+=\S+ )*)(?<file>\S+)(?: -t "(?<pattern>.*)")?$/.exec(line) ?? {};
  if (groups === undefined) return { good: false, said: `names no scenario: ${line}` };
  const variables = Object.fromEntries(
    groups.variables
      .split(" ")
      .filter(Boolean)
      .map((pair) => pair.split("=")),
  );
  const report = join(copy, "report.json");
  writeFileSync(report, "{}");
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  const args = ["run", "--config", "vitest.faults.config.ts", `test/faults/${groups.file}`, "--bail=1"];
  args.push(`--testTimeout=${TEST_TIMEOUT_MS}`, "--reporter=json", `--outputFile=${report}`);
  if (groups.pattern !== undefined) args.push("-t", groups.pattern);
  run(copy, process.execPath, [vitest, ...args], { GANDER_TEST_SEED: "1", GANDER_TEST_PG: "18", ...variables });
  const { testResults = [] } = JSON.parse(readFileSync(report, "utf8"));
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = tests.filter(({ status }) => status === "failed");
  if (failed.length > 0) return { good: true, said: `${failed[0].title}: ${firstLine(failed[0].failureMessages[0])}` };
  const passed = tests.filter(({ status }) => status === "passed").length;
  return { good: false, said: passed > 0 ? `${passed} tests passed without it` : "no test ran to its end" };
}

function firstLine(message = "") {
  return message.replaceAll(/\s+/g, " ").slice(0, 120);
}

function run(cwd, program, args, environment = {}) {
  const env = { ...process.env, ...environment };
  return spawnSync(program, args, { cwd, env, encoding: "utf8", timeout: RUN_TIMEOUT_MS, maxBuffer: 2 ** 28 });
}
