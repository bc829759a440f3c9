import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { appliedQuery, createMigrations } from "./migrations.js";
import { attempt, hasLibrary, libraryCommand, onceCommand, runProgram } from "./tool.js";

/** The middle of some numbers; of an even count the mean of the two in the middle. */
export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
}

/** The library where there is one, otherwise the command line: one run in a process of its own. */
function firstCommand(tool, url, files) {
  return hasLibrary(tool) ? libraryCommand(tool, url, files, 1) : onceCommand(tool, url, files);
}

async function checkApplied({ databases }, tool, database, count) {
  if (tool.isFloor) return;
  let applied = false;
  try {
    applied = await databases.ask(database, appliedQuery(count));
  } catch {
    // A table is missing: not applied.
  }
  if (!applied) throw new Error("wrong result");
}

/** Writes the first `count` migrations in the tool's format; `add` may change the list. */
export function prepareFiles(bench, tool, label, migrations) {
  const files = join(bench.folder, `${tool.name}-${label}`);
  mkdirSync(files);
  tool.prepare(files, migrations);
  return files;
}

async function countTrips(bench, database, command) {
  const { proxy, databases } = bench;
  proxy.reset();
  const url = databases.urlOf(database, proxy.port);
  await runProgram(command(url), url);
  return proxy.read();
}

/** Applies `count` migrations and leaves them there, for the measurements of a start with nothing to do; counts that one. */
export function measureNothing(bench, tool, count) {
  return attempt(tool, async () => {
    const files = prepareFiles(bench, tool, count, createMigrations(count));
    const database = `bench_${tool.name}_${count}`;
    const url = await bench.databases.create(database);
    await runProgram(firstCommand(tool, url, files), url);
    await checkApplied(bench, tool, database, count);
    const trips = await countTrips(bench, database, (proxied) => firstCommand(tool, proxied, files));
    const figure = { files, url, trips, warm: [] };
    if (tool.command && hasLibrary(tool))
      figure.commandTrips = await countTrips(bench, database, (proxied) => tool.command(proxied, files));
    await checkApplied(bench, tool, database, count);
    tool.figures.nothing = { ...tool.figures.nothing, [count]: figure };
  });
}

/** One round of the library with nothing to do: the median of the runs of one process, the first ones left out. */
export function measureWarm(tool, count, runs) {
  return attempt(tool, async () => {
    if (!hasLibrary(tool)) return;
    const { files, url, warm } = tool.figures.nothing[count];
    const { stdout } = await runProgram(libraryCommand(tool, url, files, runs), url);
    const times = JSON.parse(stdout.trim().split("\n").at(-1));
    warm.push(median(times.slice(Math.floor(times.length / 4))));
  });
}

/** One round of the command line with nothing to do: the whole process. */
export function measureCommand(tool, count) {
  return attempt(tool, async () => {
    const { files, url } = tool.figures.nothing[count];
    const { ms } = await runProgram(onceCommand(tool, url, files), url);
    tool.figures.command = [...(tool.figures.command ?? []), ms];
  });
}

/** Runs all of some migrations on an empty database through the proxy; the counts and the milliseconds of the whole process. */
async function runFresh(bench, tool, files, count, latency, direct) {
  const database = `bench_${tool.name}_fresh`;
  const { databases, proxy } = bench;
  await databases.create(database);
  proxy.reset(latency);
  const url = databases.urlOf(database, direct ? undefined : proxy.port);
  const { ms } = await runProgram(firstCommand(tool, url, files), url);
  if (count) await checkApplied(bench, tool, database, count);
  await databases.drop(database);
  return { ms, ...proxy.read() };
}

/** Counts a run on an empty database, with `count` and with `few` migrations: the difference is the price of one. */
export function measureFreshTrips(bench, tool, count, few) {
  return attempt(tool, async () => {
    if (tool.isFloor) return;
    const fewFiles = prepareFiles(bench, tool, few, createMigrations(few));
    const all = await runFresh(bench, tool, tool.figures.nothing[count].files, count, 0, false);
    const some = await runFresh(bench, tool, fewFiles, few, 0, false);
    const each = (all.trips - some.trips) / (count - few);
    tool.figures.fresh = { trips: all, each, ms: { 0: [], 20: [] } };
  });
}

/** One round of a run on an empty database at a latency of 0 ms (straight to the server) or 20 ms (through the proxy). */
export function measureFresh(bench, tool, count, latency) {
  return attempt(tool, async () => {
    if (tool.isFloor) return;
    const { files } = tool.figures.nothing[count];
    const { ms } = await runFresh(bench, tool, files, count, latency, latency === 0);
    tool.figures.fresh.ms[latency].push(ms);
  });
}

/** How many round trips a migration outside a transaction adds to a run, in the middle of the others. */
export function measureOutside(bench, tool, count, file) {
  return attempt(tool, async () => {
    const files = prepareFiles(bench, tool, "outside", createMigrations(count));
    file.write(files);
    const run = await runFresh(bench, tool, files, undefined, 0, false);
    tool.figures.outside = { trips: run.trips - tool.figures.fresh.trips.trips, statements: file.statements };
  });
}
