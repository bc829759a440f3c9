import type { PlainMigration } from "../write-goose.ts";
import { formatError } from "./format-error.ts";

/**
 * Reads a migration in sql-migrate's format (rubenv): `-- +migrate Up`, `Down`, either with `notransaction`, and
 * `StatementBegin` … `StatementEnd`, which end a statement with or without a semicolon.
 *
 * @throws FileError
 */
export function readSqlMigrate(path: string, text: string): PlainMigration {
  const sections: Record<"up" | "down", string[]> = { up: [], down: [] };
  let section: "up" | "down" | undefined;
  let hasDown = false;
  let transaction = true;
  let blockBegin = 0;
  for (const line of text.replaceAll("\r\n", "\n").split("\n")) {
    const [, command, options = ""] = /^-- \+migrate\s+(\S+)(.*)$/.exec(line) ?? [];
    const lines = section === undefined ? undefined : sections[section];
    if (command === undefined) {
      lines?.push(line);
    } else if (command === "Up" || command === "Down") {
      section = command === "Up" ? "up" : "down";
      hasDown ||= section === "down";
      if (options.split(/\s+/).includes("notransaction")) transaction = false;
    } else if (command === "StatementBegin") {
      blockBegin = lines?.length ?? 0;
    } else if (command === "StatementEnd") {
      const isEnded = lines?.slice(blockBegin).join("\n").trimEnd().endsWith(";");
      if (isEnded === false) lines?.push(";");
    }
  }
  if (section === undefined) throw formatError(path, "it has no line -- +migrate Up");
  return { up: sections.up.join("\n"), down: hasDown ? sections.down.join("\n") : undefined, transaction };
}
