import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildGander, installPeers } from "./prepare.js";
import { startProxy } from "./proxy.js";
import { startServer } from "./server.js";
import { loadTool, toolNames } from "./tool.js";

const help = `Usage: npm run bench -- [--quick] [--only NAME,…] [--json]

  --quick   few runs, with 45 applied migrations only
  --only    these tools: ${toolNames.join(", ")}
  --json    every figure as JSON on standard output
`;
const full = { counts: [45, 500, 5_000], warmRounds: 4, warmRuns: 40, commandRounds: 25, freshRounds: 7, farRounds: 3 };
const quick = { counts: [45], warmRounds: 2, warmRuns: 20, commandRounds: 5, freshRounds: 2, farRounds: 1 };

/** A migration that cannot run in a transaction, in the middle of the others. */
const outside = {
  statements: 3,
  write: (folder) =>
    writeFileSync(
      join(folder, "20250101002230_outside.sql"),
      "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY account_size_idx ON account (size);\nALTER TABLE account ADD COLUMN note text;\nVACUUM account;\n",
    ),
};

function say(text) {
  console.error(`${new Date().toISOString().slice(11, 19)}  ${text}`);
}

/** Measures tool after tool in rounds, so that a busy moment of the machine falls on all of them alike. */
async function measureAll(bench, tools, settings) {
  const measure = await import("./measure.js");
  const rounds = async (text, count, work) => {
    say(`${text}, ${count} ${count === 1 ? "round" : "rounds"}`);
    for (let round = 0; round < count; round += 1) for (const tool of tools) await work(tool);
  };
  for (const count of settings.counts) {
    await rounds(`${count.toLocaleString("en")} migrations: applied, and counted with nothing to do`, 1, (tool) =>
      measure.measureNothing(bench, tool, count),
    );
    await rounds(`${count.toLocaleString("en")} applied: the library, warm`, settings.warmRounds, (tool) =>
      measure.measureWarm(tool, count, settings.warmRuns),
    );
  }
  await rounds("45 applied: the command line", settings.commandRounds, (tool) => measure.measureCommand(tool, 45));
  await rounds("45 on an empty database: counted", 1, (tool) => measure.measureFreshTrips(bench, tool, 45, 9));
  await rounds("45 on an empty database: timed", settings.freshRounds, (tool) =>
    measure.measureFresh(bench, tool, 45, 0),
  );
  await rounds("45 on an empty database at 20 ms latency: timed", settings.farRounds, (tool) =>
    measure.measureFresh(bench, tool, 45, 20),
  );
  const gander = tools.find((tool) => tool.name === "gander");
  if (gander) await measure.measureOutside(bench, gander, 45, outside);
}

async function main() {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean" },
      only: { type: "string" },
      json: { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return process.stdout.write(help);
  const names = values.only?.split(",") ?? toolNames;
  const unknown = names.filter((name) => !toolNames.includes(name));
  if (unknown.length) throw new Error(`no tool named ${unknown.join(", ")}\n\n${help}`);
  const settings = values.quick ? quick : full;

  installPeers();
  if (names.includes("gander")) buildGander();
  const load = loadavg()[0];
  const tools = [];
  for (const name of names) tools.push(await loadTool(name));
  say("starting PostgreSQL");
  const server = await startServer();
  const target = new URL(server.url);
  const proxy = await startProxy({ host: target.hostname, port: Number(target.port || 5432) });
  const folder = mkdtempSync(join(tmpdir(), "gander-bench-files-"));
  const { createDatabases } = await import("./databases.js");
  const databases = await createDatabases(server.url);
  const dropAll = async () => {
    for (const tool of tools) {
      for (const label of [...settings.counts, "fresh"]) await databases.drop(`bench_${tool.name}_${label}`);
    }
    await databases.close();
  };
  const cleanUp = async () => {
    await dropAll().catch(() => {});
    await proxy.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, async () => {
      await cleanUp();
      process.exit(signal === "SIGINT" ? 130 : 143);
    });
  }
  try {
    await measureAll({ proxy, databases, folder }, tools, settings);
    const machine = `Node ${process.versions.node}, PostgreSQL ${databases.serverVersion}, ${availableParallelism()} cores (${cpus()[0]?.model.trim()}), load ${load.toFixed(1)} before the start`;
    await print(tools, settings, machine, load, values.json);
  } finally {
    await cleanUp();
  }
}

async function print(tools, settings, machine, load, json) {
  const { legend, renderFigures, renderRatios } = await import("./table.js");
  const { judgeTargets, renderTargets } = await import("./targets.js");
  const targets = tools.some((tool) => tool.name === "gander" && !tool.failure)
    ? judgeTargets(tools, settings.counts)
    : [];
  if (json) {
    const figures = tools.map(({ name, title, failure, figures: found }) => ({ name, title, failure, figures: found }));
    process.stdout.write(`${JSON.stringify({ machine, tools: figures, targets }, null, 2)}\n`);
    return;
  }
  const lines = [
    machine,
    ...(load > 0.5 ? ["Something else was at work on this machine: the milliseconds are not to be trusted."] : []),
    "",
    ...renderFigures(tools, settings.counts),
    "",
    ...legend,
    "",
    ...renderRatios(tools, settings.counts, "floor"),
    "",
    ...renderRatios(tools, settings.counts, "best"),
    "",
    ...(targets.length ? ["Targets", ...renderTargets(targets)] : ["Targets: gander was not measured"]),
    ...tools.filter((tool) => tool.detail).map((tool) => `\n${tool.title}: ${tool.detail}`),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

await main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
