import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { ConnectionError } from "../errors.ts";
import { isProcessAlive, readProcessStart } from "./process-identity.ts";

/** The lock lies in the folder that it protects. */
export const lockFileName = "gander.lock";

/** Held until it is released or the process ends. */
export interface FolderLock {
  release(): void;
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** In the words of `readProcessStart`. */
  readonly processStart?: string | undefined;
  /** For people, ISO 8601. */
  readonly since: string;
}

/** How often a holder shows that it lives, and how old the last sign of one on another machine may be, in milliseconds. */
const signEvery = 10_000;
const signLasts = 60_000;

/**
 * Takes a folder for this process: two PGlites on one folder lose data, and PGlite itself does not notice. The lock of a
 * process that is gone is taken over.
 *
 * @throws ConnectionError that names the holder
 */
export function lockFolder(folder: string): FolderLock {
  const file = join(folder, lockFileName);
  const text = JSON.stringify(describeOurselves());
  while (!tryCreate(file, text)) {
    const found = readLock(file);
    if (found === undefined) continue;
    if (isHeld(found)) throw inUse(folder, found.holder);
    removeStale(file, found.text);
  }
  const sign = setInterval(() => touch(file), signEvery).unref();
  const release = (): void => {
    process.off("exit", release);
    clearInterval(sign);
    if (readLock(file)?.text === text) rmSync(file, { force: true });
  };
  process.on("exit", release);
  return { release };
}

function describeOurselves(): Holder {
  const processStart = readProcessStart(process.pid);
  return { pid: process.pid, host: hostname(), processStart, since: new Date().toISOString() };
}

function tryCreate(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw new ConnectionError(`The embedded database cannot be locked: ${(error as Error).message}`, { cause: error });
  }
}

interface FoundLock {
  readonly text: string;
  /** Undefined while its maker has not yet written it down, or if it never will. */
  readonly holder: Holder | undefined;
  readonly lastSign: number;
}

function readLock(file: string): FoundLock | undefined {
  try {
    const text = readFileSync(file, "utf8");
    return { text, holder: parseHolder(text), lastSign: statSync(file).mtimeMs };
  } catch {
    return undefined;
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Holder;
    return Number.isInteger(holder.pid) ? holder : undefined;
  } catch {
    return undefined;
  }
}

function isHeld({ holder, lastSign }: FoundLock): boolean {
  const showsLife = Date.now() - lastSign < signLasts;
  // Of another machine (or container) that shares the folder we cannot see the processes.
  if (holder === undefined || holder.host !== hostname()) return showsLife;
  if (!isProcessAlive(holder.pid)) return false;
  // A process with that id lives; it may be another one, that came after it.
  return holder.processStart === undefined || holder.processStart === readProcessStart(holder.pid);
}

/** Moves it away first: between our look and now another process may have taken over, and put its own lock there. */
function removeStale(file: string, text: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    if (readFileSync(aside, "utf8") !== text) linkSync(aside, file);
  } catch {
    // Somebody was quicker; the caller looks again.
  } finally {
    rmSync(aside, { force: true });
  }
}

function touch(file: string): void {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // The folder is gone, and the lock with it.
  }
}

function inUse(folder: string, holder: Holder | undefined): ConnectionError {
  const ours = holder?.pid === process.pid && holder.host === hostname();
  const who =
    holder === undefined
      ? "another process"
      : ours
        ? "this process"
        : `process ${holder.pid}${holder.host === hostname() ? "" : ` on ${holder.host}`}`;
  const since = holder === undefined ? "" : ` since ${holder.since}`;
  return new ConnectionError(`The embedded database in ${folder} is in use by ${who}${since}`, {
    hint: ours
      ? "Close the first one, or give its PGlite instance to both."
      : "An embedded database serves one process at a time: stop that one first, or use a PostgreSQL server.",
  });
}
