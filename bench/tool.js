import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const folder = import.meta.dirname;
const timeLimit = 300_000;

/** Every tool that can be measured, in the order of the table; one file a tool in peers/. */
export const toolNames = [
  "gander",
  "goose-cli",
  "goose-provider",
  "dbmate",
  "node-pg-migrate",
  "umzug",
  "knex",
  "postgres-migrations",
  "postgrator",
  "drizzle",
  "kysely",
  "floor",
];

/** Loads one tool and sets it up; what it lacks becomes its `failure`, in a word. */
export async function loadTool(name) {
  const { default: peer } = await import(`./peers/${name}.js`);
  const tool = { ...peer, name, failure: undefined, detail: undefined, figures: {} };
  await attempt(tool, () => tool.setup?.());
  return tool;
}

/** Does one measurement of a tool, unless it failed before; a failure costs the tool its remaining figures, nobody else's. */
export async function attempt(tool, work) {
  if (tool.failure) return undefined;
  try {
    return await work();
  } catch (error) {
    tool.failure = error.message.split("\n")[0].slice(0, 60);
    tool.detail = [error.message, error.output].filter(Boolean).join("\n");
    return undefined;
  }
}

/** The version of a tool's package, where it is one of npm. */
export function readToolVersion(packageName) {
  try {
    return JSON.parse(readFileSync(join(folder, "node_modules", packageName, "package.json"), "utf8")).version;
  } catch {
    return undefined;
  }
}

/** Whether a tool has a library that can run several times in one process. */
export function hasLibrary(tool) {
  return Boolean(tool.load ?? tool.timesCommand);
}

/** What runs the library `runs` times in one new process. */
export function libraryCommand(tool, url, files, runs) {
  if (tool.timesCommand) return tool.timesCommand(url, files, runs);
  return [process.execPath, join(folder, "child.js"), tool.name, url, files, String(runs)];
}

/** What a person or a script runs once: the command line, or where there is none a script of a few lines. */
export function onceCommand(tool, url, files) {
  return tool.command ? tool.command(url, files) : libraryCommand(tool, url, files, 1);
}

/** Runs a program to its end; resolves with its output and the milliseconds of the whole process. */
export function runProgram([program, ...args], url) {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(program, args, {
      cwd: folder,
      env: { ...process.env, DATABASE_URL: url, NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: timeLimit,
    });
    let stdout = "";
    let output = "";
    child.stdout.on("data", (chunk) => (stdout += chunk));
    child.stderr.on("data", (chunk) => (output = (output + chunk).slice(-4_000)));
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) return resolve({ stdout, ms: performance.now() - start });
      const message = signal ? `ended by ${signal}` : `exit code ${code}`;
      reject(Object.assign(new Error(message), { output: output || stdout.slice(-4_000) }));
    });
  });
}
