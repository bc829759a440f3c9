import type { ChunkFate, ProxyDirection } from "../support/proxy.ts";

/** A place in what goes one way over the wire: after a message (0-based over all connections), or half way through it. */
export interface WirePlace {
  readonly direction: ProxyDirection;
  readonly message: number;
  readonly part: "half" | "whole";
}

/** Finds where in a chunk a place is met: how many of its bytes belong before it; undefined where it is not in it. */
export type PlaceFinder = (direction: ProxyDirection, chunk: Buffer, connection: number) => number | undefined;

/** One direction of one connection, between two chunks. */
interface Stream {
  /** What of a message's head has come. */
  head: number[];
  /** How much of the message is to come, head included; 0 before its length is known. */
  left: number;
  length: number;
  first: boolean;
}

const LENGTH_BYTES = 4;

/**
 * Follows the messages of PostgreSQL's protocol: a type of one byte (the client's first message has none), then a length
 * that counts itself. `lengths` has those of the messages that have begun, each way.
 */
export function createMessageCounter(place?: WirePlace): {
  readonly find: PlaceFinder;
  lengths(): Readonly<Record<ProxyDirection, readonly number[]>>;
} {
  const streams = new Map<string, Stream>();
  const lengths: Record<ProxyDirection, number[]> = { "to-server": [], "to-client": [] };
  const find: PlaceFinder = (direction, chunk, connection) => {
    const key = `${direction} ${connection}`;
    const stream = streams.get(key) ?? { head: [], left: 0, length: 0, first: direction === "to-server" };
    streams.set(key, stream);
    let found: number | undefined;
    let at = 0;
    const meet = (number: number, part: WirePlace["part"], where: number): void => {
      if (place?.direction === direction && place.message === number && place.part === part) found ??= where;
    };
    while (at < chunk.length) {
      if (stream.left === 0) {
        stream.head.push(chunk[at] as number);
        at++;
        const typeBytes = stream.first ? 0 : 1;
        if (stream.head.length < typeBytes + LENGTH_BYTES) continue;
        const length = Buffer.from(stream.head).readInt32BE(typeBytes) + typeBytes;
        stream.length = length;
        stream.left = length - stream.head.length;
        lengths[direction].push(length);
        if (stream.left > 0) continue;
      } else {
        const taken = Math.min(stream.left, chunk.length - at);
        const before = stream.length - stream.left;
        const half = Math.ceil(stream.length / 2);
        if (before < half && before + taken >= half) meet(lengths[direction].length - 1, "half", at + half - before);
        stream.left -= taken;
        at += taken;
        if (stream.left > 0) continue;
      }
      meet(lengths[direction].length - 1, "whole", at);
      stream.head = [];
      stream.first = false;
    }
    return found;
  };
  return { find, lengths: () => lengths };
}

/** All places in what a run has sent, by the lengths of its messages. One that is hardly more than its head has no half. */
export function placesIn(lengths: Readonly<Record<ProxyDirection, readonly number[]>>): readonly WirePlace[] {
  return (["to-server", "to-client"] as const).flatMap((direction) =>
    lengths[direction].flatMap((length, message): WirePlace[] => [
      ...(Math.ceil(length / 2) > 1 + LENGTH_BYTES ? [{ direction, message, part: "half" } as const] : []),
      { direction, message, part: "whole" },
    ]),
  );
}

/** For a proxy: cuts the network when a place is met, once. */
export function cutAt(place: WirePlace): PlaceOfCut {
  const { find } = createMessageCounter(place);
  let met = false;
  return {
    met: () => met,
    inspect: (direction, chunk, connection) => {
      const bytes = find(direction, chunk, connection);
      if (bytes === undefined || met) return "pass";
      met = true;
      return bytes;
    },
  };
}

export interface PlaceOfCut {
  met(): boolean;
  readonly inspect: (direction: ProxyDirection, chunk: Buffer, connection: number) => ChunkFate;
}
