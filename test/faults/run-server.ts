import { type ChildProcess, fork } from "node:child_process";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const runner = fileURLToPath(new URL("runner.js", import.meta.url));

/** The library, translated into a folder of its own. */
export function buildLibrary(): { readonly path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "gander-faults-"));
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  const outDir = join(folder, "dist");
  execFileSync(process.execPath, [compiler, "-p", join(root, "tsconfig.build.json"), "--outDir", outDir]);
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction");
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  return { path: join(outDir, "index.js"), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Writes migration files into a new folder. */
export function writeMigrations(files: Readonly<Record<string, string>>): string {
  const folder = join(mkdtempSync(join(tmpdir(), "gander-files-")), "migrations");
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

export interface RunningServer {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly exitCode: number | null; readonly answer: unknown }>;
  /** Resolves when the process has told its n-th event (1-based), or has ended. */
  event(n: number): Promise<void>;
}

/** Starts a process that migrates. */
export function startServer(library: string, database: string, migrations: string): RunningServer {
  const child = fork(runner, [library, database, migrations], { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  let output = "";
  let events = 0;
  const waiting: { readonly n: number; readonly tell: () => void }[] = [];
  child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.on("message", () => {
    events++;
    for (const { n, tell } of waiting) if (events >= n) tell();
  });
  const ended = new Promise<{ exitCode: number | null; answer: unknown }>((resolve) => {
    child.on("close", (exitCode) => {
      for (const { tell } of waiting) tell();
      resolve({ exitCode, answer: output === "" ? undefined : JSON.parse(output) });
    });
  });
  return {
    child,
    ended,
    event: (n) => new Promise((tell) => (events >= n ? tell() : waiting.push({ n, tell }))),
  };
}
