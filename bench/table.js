import { median } from "./measure.js";

const none = "–";
const thousands = (count) => count.toLocaleString("en");

function milliseconds(value) {
  if (value === undefined || Number.isNaN(value)) return none;
  return value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString("en");
}

function ratio(value, base) {
  return value === undefined || base === undefined ? none : (value / base).toFixed(2);
}

function trips(counts) {
  return counts ? `${counts.trips} (${counts.trips - counts.connectionTrips})` : none;
}

function kilobytes(counts) {
  return counts ? (counts.bytes / 1_000).toFixed(counts.bytes < 10_000 ? 1 : 0) : none;
}

const medianOf = (values) => (values?.length ? median(values) : undefined);

/** The figures of one tool as single numbers: medians in milliseconds, undefined where there is none. */
export function summarize({ figures }) {
  const nothing = figures.nothing ?? {};
  return {
    warm: Object.fromEntries(Object.entries(nothing).map(([count, { warm }]) => [count, medianOf(warm)])),
    command: medianOf(figures.command),
    fresh: medianOf(figures.fresh?.ms[0]),
    freshFar: medianOf(figures.fresh?.ms[20]),
  };
}

/** Lines of a table with columns of equal width; the first column is flush left. */
function align(head, rows) {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? "").length)));
  const line = (row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : (cell ?? "").padStart(widths[column])))
      .join("  ")
      .trimEnd();
  return [line(head), widths.map((width) => "─".repeat(width)).join("  "), ...rows.map(line)];
}

/** The figures of every tool. */
export function renderFigures(tools, counts) {
  const head = [
    "",
    "RT",
    ...counts.map((count) => `kB ${thousands(count)}`),
    ...counts.map((count) => `warm ${thousands(count)}`),
    "command",
    "fresh RT",
    "0 ms",
    "20 ms",
    "RT each",
  ];
  const rows = tools.map((tool) => {
    const { nothing, fresh } = tool.figures;
    const { warm, command, fresh: near, freshFar } = summarize(tool);
    if (!nothing) return [tool.title, tool.failure ?? none];
    return [
      tool.title,
      trips(nothing[counts[0]]?.trips),
      ...counts.map((count) => kilobytes(nothing[count]?.trips)),
      ...counts.map((count) => milliseconds(warm[count])),
      `${milliseconds(command)}${tool.command || tool.isFloor || command === undefined ? " " : "*"}`,
      trips(fresh?.trips),
      milliseconds(near),
      milliseconds(freshFar),
      fresh ? fresh.each.toFixed(1) : none,
      ...(tool.failure ? [tool.failure] : []),
    ];
  });
  return align(head, rows);
}

/** The smallest of some values; undefined where there is none. */
export function smallest(values) {
  const known = values.filter((value) => value !== undefined);
  return known.length ? Math.min(...known) : undefined;
}

/** Every figure of the fastest peer, whichever it is. */
function bestOf(tools, counts) {
  const peers = tools.filter((tool) => !tool.isFloor && tool.name !== "gander").map(summarize);
  return {
    warm: Object.fromEntries(counts.map((count) => [count, smallest(peers.map((peer) => peer.warm[count]))])),
    command: smallest(peers.map((peer) => peer.command)),
    fresh: smallest(peers.map((peer) => peer.fresh)),
    freshFar: smallest(peers.map((peer) => peer.freshFar)),
  };
}

/** Each tool against the floor, or against the fastest peer: 1.00 is as fast, 2.00 takes twice as long. */
export function renderRatios(tools, counts, against) {
  const floor = tools.find((tool) => tool.isFloor);
  const base = against === "best" ? bestOf(tools, counts) : floor ? summarize(floor) : { warm: {} };
  const title = against === "best" ? "÷ fastest peer" : "÷ floor";
  const head = [title, ...counts.map((count) => `warm ${thousands(count)}`), "command", "fresh 0 ms", "fresh 20 ms"];
  const rows = tools
    .filter((tool) => tool.figures.nothing)
    .map((tool) => {
      const own = summarize(tool);
      return [
        tool.title,
        ...counts.map((count) => ratio(own.warm[count], base.warm[count])),
        ratio(own.command, base.command),
        ratio(own.fresh, base.fresh),
        ratio(own.freshFar, base.freshFar),
      ];
    });
  return align(head, rows);
}

/** What the columns mean. */
export const legend = [
  "RT: network round trips, in brackets without those of the connection's start. kB: bytes in both directions, nothing to do.",
  "warm: ms of connect, check, disconnect in one process, at so many applied. command: ms of the whole process with 45 applied;",
  "*: a script of a few lines, for want of a command line. fresh: all 45 on an empty database; ms of the whole process at 0 and 20 ms",
  "latency a round trip. RT each: what one more migration costs. Medians.",
];
