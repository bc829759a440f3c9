import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Image } from "./image.ts";

/** A process of the example's server. */
export interface ServerProcess extends AsyncDisposable {
  /** What it printed so far, on both streams. */
  output(): string;
  /** Where it serves; rejects with what it printed if it ends before that. */
  readonly address: Promise<string>;
  /** Its exit code once it has ended: null where a signal ended it. */
  readonly exitCode: Promise<number | null>;
  /** Sends SIGTERM, as a supervisor would, and waits for the end. */
  stop(): Promise<number | null>;
}

/** Starts the server of an image on a free port. */
export function runServer(image: Image, env: Record<string, string>, args: readonly string[] = []): ServerProcess {
  const child = spawn(process.execPath, [join(image.folder, "dist/server.js"), ...args], {
    cwd: image.folder,
    env: { PATH: process.env["PATH"], PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const exitCode = once(child, "close").then(([code]) => code as number | null);
  const address = addressOf(child, exitCode, () => text);
  // A test that only looks at the exit code asks for no address.
  address.catch(() => {});
  const stop = async () => {
    child.kill("SIGTERM");
    return exitCode;
  };
  return {
    output: () => text,
    address,
    exitCode,
    stop,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exitCode;
    },
  };
}

function addressOf(child: ChildProcess, ended: Promise<unknown>, output: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.on("data", () => {
      const found = /^serving .*(http:\/\/\S+)/m.exec(output())?.[1];
      if (found !== undefined) resolve(found);
    });
    void ended.then(() => reject(new Error(`the server ended before it served:\n${output()}`)));
  });
}
