import type { PlainMigration } from "../write-goose.ts";
import { formatError } from "./format-error.ts";

const UP = /^--[^\S\n]*migrate:up([^\S\n].*)?$/m;
const DOWN = /^--[^\S\n]*migrate:down([^\S\n].*)?$/m;

/** Reads a migration in dbmate's format: `-- migrate:up` and `-- migrate:down`, each with options. @throws FileError */
export function readDbmate(path: string, text: string): PlainMigration {
  const plain = text.replaceAll("\r\n", "\n");
  const up = UP.exec(plain);
  if (up === null) throw formatError(path, "it has no line -- migrate:up");
  const begin = up.index + up[0].length;
  const down = DOWN.exec(plain.slice(begin));
  const end = down === null ? plain.length : begin + down.index;
  const transaction = [up, down].every((match) => !/(^|\s)transaction:false(\s|$)/.test(match?.[1] ?? ""));
  return {
    up: plain.slice(0, up.index) + plain.slice(begin + 1, end),
    down: down === null ? undefined : plain.slice(end + down[0].length),
    transaction,
  };
}
