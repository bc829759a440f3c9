import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The command line as it is published: compiled, and started as a process of its own. */
export interface BuiltGander extends AsyncDisposable {
  readonly main: string;
  start(args: readonly string[], environment?: Record<string, string>): ChildProcess;
  /** Runs to the end. */
  run(args: readonly string[], environment?: Record<string, string>): Promise<Ended>;
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly log: string;
}

/** Compiles the sources into a folder of their own, where they find the installed packages. */
export async function buildGander(): Promise<BuiltGander> {
  const cache = join(root, "node_modules", ".cache");
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "gander-"));
  await copyFile(join(root, "package.json"), join(folder, "package.json"));
  const compiler = join(root, "node_modules", ".bin", "tsc");
  await promisify(execFile)(compiler, ["-p", join(root, "tsconfig.build.json"), "--outDir", join(folder, "dist")]);
  const main = join(folder, "dist", "cli", "main.js");
  const start = (args: readonly string[], environment: Record<string, string> = {}): ChildProcess =>
    spawn(process.execPath, [main, ...args], {
      cwd: folder,
      env: { PATH: process.env["PATH"] ?? "", HOME: folder, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
  return {
    main,
    start,
    run: (args, environment) => ended(start(args, environment)),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** What a process wrote, and its exit code. */
export async function ended(child: ChildProcess): Promise<Ended> {
  let out = "";
  let log = "";
  child.stdout?.on("data", (data: Buffer) => (out += data.toString()));
  child.stderr?.on("data", (data: Buffer) => (log += data.toString()));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, out, log };
}
