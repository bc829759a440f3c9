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

export interface Answer {
  /** The versions that went through, and when that was, in milliseconds of the wall clock. */
  readonly steps?: readonly string[];
  readonly at?: number;
  readonly code?: string;
  readonly message?: string;
  readonly hint?: string;
}

export interface RunningServer {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly exitCode: number | null; readonly answer: Answer | undefined }>;
  /** Resolves when the process has told its n-th event (1-based), or has ended. */
  event(n: number): Promise<void>;
  /** Resolves when the process has told an event of a type, or has ended. */
  eventOf(type: string): Promise<void>;
  /** How many events it has told. */
  events(): number;
  /** Resolves when a gated process has everything loaded, or has ended. */
  readonly ready: Promise<void>;
  /** Lets a gated process begin. */
  begin(): void;
}

export interface ServerOptions {
  readonly action?: "up" | "reset";
  /** It loads what it needs and then waits for `begin`. */
  readonly gated?: boolean;
}

/** Starts a process that migrates. */
export function startServer(
  library: string,
  database: string,
  migrations: string,
  { action = "up", gated = false }: ServerOptions = {},
): RunningServer {
  const task = JSON.stringify({ library, database, migrations, action, gated });
  const child = fork(runner, [task], { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  // What is sent to a process that was killed at that moment is lost, and that is all.
  child.on("error", () => {});
  let output = "";
  const told: string[] = [];
  let ready = false;
  let over = false;
  let waiting: { readonly until: () => boolean; readonly tell: () => void }[] = [];
  const look = (): void => {
    const met = waiting.filter(({ until }) => over || until());
    waiting = waiting.filter((one) => !met.includes(one));
    for (const { tell } of met) tell();
  };
  const when = (until: () => boolean) =>
    new Promise<void>((tell) => {
      waiting.push({ until, tell });
      look();
    });
  child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.on("message", (message: { event?: string; ready?: true }) => {
    if (message.event !== undefined) told.push(message.event);
    ready ||= message.ready === true;
    look();
  });
  const ended = new Promise<{ exitCode: number | null; answer: Answer | undefined }>((resolve) => {
    child.on("close", (exitCode) => {
      over = true;
      look();
      resolve({ exitCode, answer: output === "" ? undefined : (JSON.parse(output) as Answer) });
    });
  });
  return {
    child,
    ended,
    event: (n) => when(() => told.length >= n),
    eventOf: (type) => when(() => told.includes(type)),
    events: () => told.length,
    ready: when(() => ready),
    begin: () => void (child.connected && child.send("begin")),
  };
}
