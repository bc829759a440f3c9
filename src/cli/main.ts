#!/usr/bin/env node
import { Interruption } from "./exit-code.ts";
import { run } from "./run.ts";

// Node has said what it is since 21. Where nothing does, pg finds out with a Response, and the code behind that takes 10 ms to
// load, a tenth of a start with nothing to do.
if (!("navigator" in globalThis)) {
  Object.defineProperty(globalThis, "navigator", {
    value: { userAgent: `Node.js/${process.versions.node}` },
    configurable: true,
  });
}

const controller = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(name, () => {
    const interruption = new Interruption(name);
    // The second time nobody wants to wait for anything.
    if (controller.signal.aborted) process.exit(interruption.exitCode);
    process.stderr.write(`\nstopping at the next safe moment; a second ${name} ends the process at once\n`);
    controller.abort(interruption);
  });
}

// A reader that went away (`gander status | head -1`) must not end a migration half way.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

process.exitCode = await run({
  args: process.argv.slice(2),
  environment: process.env,
  cwd: process.cwd(),
  streams: process,
  signal: controller.signal,
  now: new Date(),
});
