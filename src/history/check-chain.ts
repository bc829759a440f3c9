import { hashOf } from "./log-chain.ts";
import type { LogEntry } from "./read-log.ts";

/** A row of the log as it is, with the bytes that its hash is made of. */
export interface ChainRow extends LogEntry {
  readonly layout: number;
  readonly hashed: Uint8Array;
}

/**
 * Something in the log that is not as it was written.
 *
 * - `edited`: the event is not what was written; `entry` is what stands there now.
 * - `replaced`: the event fits itself, and the one after it was written after another one.
 * - `moved`: the event stands in another place than it was written in.
 * - `inserted`: the event was not written by gander.
 * - `removed`: events from `id` to `lastId` are gone; `entry` is the one after them.
 * - `head-gone`: no event has the hash that was kept; the newest events were removed, or put in anew. `entry` is the newest one.
 * - `unlogged`: the history has a version as applied, and the log has no event that says so, or a later one that it is gone.
 * - `unlisted`: the log says that a version is applied, and the history does not have it.
 */
export interface LogFinding {
  readonly kind: "edited" | "replaced" | "moved" | "inserted" | "removed" | "head-gone" | "unlogged" | "unlisted";
  readonly id: bigint;
  readonly lastId?: bigint;
  readonly entry: LogEntry | undefined;
  /** Where it is about a version of the history. */
  readonly version?: bigint;
  readonly name?: string;
}

/** What the chain of hashes says of a log. */
export interface ChainResult {
  /** How many events were looked at, and how many of them are from before there were hashes. */
  readonly events: number;
  readonly withoutHash: number;
  /** The hash of the newest event. */
  readonly head: string | undefined;
  readonly findings: readonly LogFinding[];
}

/** One place where an event does not follow the one before it. */
interface Break {
  readonly row: ChainRow;
  readonly before: ChainRow | undefined;
  readonly fits: boolean;
}

/** Looks at the rows of a log, oldest first, and says in the end what is wrong with them. */
export function createChainCheck() {
  const hashes = new Set<string>();
  const findings = new Map<bigint, LogFinding>();
  const breaks: Break[] = [];
  let before: ChainRow | undefined;
  let events = 0;
  let withoutHash = 0;
  let begun = false;

  const find = (kind: LogFinding["kind"], row: ChainRow): void => {
    if (!findings.has(row.id) || kind === "moved") findings.set(row.id, { kind, id: row.id, entry: row });
  };

  const look = (row: ChainRow): void => {
    events++;
    const expected = before === undefined ? 1n : before.id + 1n;
    const isGap = row.id > expected;
    if (isGap) findings.set(expected, { kind: "removed", id: expected, lastId: row.id - 1n, entry: row });
    else if (row.id < expected) find("inserted", row);
    if (row.hash === undefined) {
      if (begun || row.layout > 1) breaks.push({ row, before, fits: false });
      else withoutHash++;
    } else {
      begun = true;
      const fits = hashOf(row.hashed) === row.hash;
      if (!fits) find("edited", row);
      if (row.previousHash !== before?.hash && !(isGap && fits)) breaks.push({ row, before, fits });
      hashes.add(row.hash);
    }
    before = row;
  };

  /** `head`: a hash that was kept. */
  const finish = (head: string | undefined): ChainResult => {
    for (const [at, { row, before: former, fits }] of breaks.entries()) {
      const { hash, previousHash } = row;
      if (hash === undefined) {
        // Those around it tell whether it was there when the one after it was written.
        const after = breaks[at + 1];
        const wasThere = after?.before === row && after.row.previousHash !== former?.hash;
        find(wasThere ? "edited" : "inserted", row);
      } else if (!fits) {
        if (previousHash !== undefined && hashes.has(previousHash)) find("moved", row);
      } else if (former === undefined) {
        findings.set(row.id - 1n, { kind: "removed", id: row.id - 1n, lastId: row.id - 1n, entry: row });
      } else find(former.hash === undefined ? "edited" : "replaced", former);
    }
    if (head !== undefined && !hashes.has(head)) {
      const id = (before?.id ?? 0n) + 1n;
      findings.set(id, { kind: "head-gone", id, entry: before });
    }
    const inOrder = [...findings.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
    return { events, withoutHash, head: before?.hash, findings: inOrder };
  };

  return { look, finish };
}
