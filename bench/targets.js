import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { smallest, summarize } from "./table.js";

const root = join(import.meta.dirname, "..");

/** The packages of a production install without the optional ones, ours among them, by the lockfile. */
function countPackages() {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const found = new Set([""]);
  for (const place of found) {
    for (const name of Object.keys(packages[place].dependencies ?? {})) {
      let from = place;
      while (from && !packages[`${from}/node_modules/${name}`])
        from = from.includes("/node_modules/") ? from.slice(0, from.lastIndexOf("/node_modules/")) : "";
      found.add(from ? `${from}/node_modules/${name}` : `node_modules/${name}`);
    }
  }
  return found.size;
}

function packSize() {
  if (!existsSync(join(root, "dist", "index.js"))) return undefined;
  const output = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return JSON.parse(output)[0].size;
}

const ms = (value) => `${value.toFixed(1)} ms`;

function atMost(name, value, limit, render = String) {
  if (value === undefined || limit === undefined) return { name, figure: "not measured", holds: undefined };
  return { name, figure: `${render(value)} (limit ${render(limit)})`, holds: value <= limit };
}

function afterConnecting(counts) {
  return counts && counts.trips - counts.connectionTrips;
}

/** What gander promises about its speed, each with its figure and whether it holds; undefined where it was not measured. */
export function judgeTargets(tools, counts) {
  const gander = tools.find((tool) => tool.name === "gander");
  const floor = tools.find((tool) => tool.isFloor);
  const { figures } = gander;
  const own = summarize(gander);
  const base = floor ? summarize(floor) : { warm: {} };
  const peers = tools.filter((tool) => tool !== gander && tool !== floor);
  const best = (select, pick) => smallest(peers.filter(select).map((peer) => pick(summarize(peer))));
  const any = () => true;
  const at = (count) => figures.nothing?.[count];
  const last = counts.at(-1);
  const warmFirst = (count, select, who) =>
    atMost(
      `nothing to do, warm, ${count} applied: first among ${who}`,
      own.warm[count],
      best(select, (peer) => peer.warm[count]),
      ms,
    );
  const growth = at(last) && (at(last).trips.bytes - at(counts[0]).trips.bytes) / (last - counts[0]);
  const far = best(
    (peer) => peer.transaction === "file",
    (peer) => peer.freshFar,
  );
  const outside = figures.outside;
  return [
    atMost("nothing to do, library: round trips after connecting", afterConnecting(at(counts[0])?.trips), 1),
    atMost("nothing to do, command: round trips after connecting", afterConnecting(at(counts[0])?.commandTrips), 1),
    atMost("nothing to do: bytes that each applied migration adds", counts.length > 1 ? growth : undefined, 0.1),
    ...counts.filter((count) => count < 5_000).map((count) => warmFirst(count, any, "all peers")),
    atMost(
      "nothing to do, warm, 45 applied: 1.5 times the floor",
      own.warm[45],
      base.warm[45] && base.warm[45] * 1.5,
      ms,
    ),
    ...counts
      .filter((count) => count >= 5_000)
      .map((count) => warmFirst(count, (peer) => peer.readsFiles, "those that look into the files")),
    atMost(
      "nothing to do, command: first among the Node tools that have one",
      own.command,
      best(
        (peer) => peer.runtime === "node" && peer.command,
        (peer) => peer.command,
      ),
      ms,
    ),
    atMost("nothing to do, command: 1.3 times the floor", own.command, base.command && base.command * 1.3, ms),
    atMost("fresh 45: round trips after connecting", afterConnecting(figures.fresh?.trips), 5),
    atMost(
      `a migration of ${outside?.statements} statements outside a transaction: round trips`,
      outside?.trips,
      outside && 4 + 2 * outside.statements,
    ),
    atMost(
      "fresh 45 at 20 ms latency: a fifth of the fastest peer with a transaction a file",
      own.freshFar,
      far && far / 5,
      ms,
    ),
    atMost("npm pack: bytes", packSize(), 300_000),
    atMost("packages of a production install", countPackages(), 25),
  ];
}

/** The targets as lines. */
export function renderTargets(targets) {
  const width = Math.max(...targets.map(({ name }) => name.length));
  const verdict = ({ holds }) => (holds === undefined ? "–" : holds ? "holds" : "DOES NOT HOLD");
  return targets.map((target) => `${target.name.padEnd(width)}  ${verdict(target).padEnd(13)}  ${target.figure}`);
}
