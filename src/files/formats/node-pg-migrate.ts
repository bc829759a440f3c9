import type { PlainMigration } from "../write-goose.ts";

const UP = /^[^\S\n]*--[\s-]*up\s+migration.*$/im;
const DOWN = /^[^\S\n]*--[\s-]*down\s+migration.*$/im;

/** Reads an SQL migration of node-pg-migrate's: `-- Up Migration` and `-- Down Migration`, or all of it Up. */
export function readNodePgMigrate(text: string): PlainMigration {
  const plain = text.replaceAll("\r\n", "\n");
  const up = UP.exec(plain);
  const down = DOWN.exec(plain);
  const section = (match: RegExpExecArray, other: RegExpExecArray | null): string =>
    plain.slice(match.index + match[0].length, other !== null && other.index > match.index ? other.index : undefined);
  return {
    up: up === null ? plain : section(up, down),
    down: down === null ? undefined : section(down, up),
    transaction: true,
  };
}
