import { hash } from "node:crypto";
import { closeSync, openSync, readFileSync, readSync } from "node:fs";

/**
 * A number that stands for a version with a text, as the history keeps it: line ends as LF, without a byte-order mark. 64 bits
 * of a hash, signed; a sum of such numbers stands for a set of files.
 */
export function fingerprintText(version: bigint, text: string): bigint {
  const plain = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const kept = plain.includes("\r\n") ? plain.replaceAll("\r\n", "\n") : plain;
  return firstBits(`${version}\0${kept}`);
}

/** Holds a version and a file; made when first needed. */
let room: Buffer | undefined;
const ROOM = 65_536;

/**
 * The same for a file; undefined where it cannot be read. Three calls of the system a file and no decoding, because a start
 * with nothing to do asks this of every file, and little else.
 */
export function fingerprintFile(path: string, version: bigint): bigint | undefined {
  room ??= Buffer.allocUnsafeSlow(ROOM);
  const begin = room.write(`${version}\0`, "latin1");
  try {
    const file = openSync(path, "r");
    let end = begin;
    try {
      end += readSync(file, room, begin, ROOM - begin, null);
    } finally {
      closeSync(file);
    }
    const isMarked = room[begin] === 0xef && room[begin + 1] === 0xbb;
    const bytes = room.subarray(0, end);
    if (end < ROOM && !isMarked && !bytes.includes(13)) return firstBits(bytes);
    return fingerprintText(version, readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

function firstBits(data: string | Buffer): bigint {
  return BigInt.asIntN(64, BigInt(`0x${hash("sha256", data, "hex").slice(0, 16)}`));
}
