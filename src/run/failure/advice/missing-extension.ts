import { suggest } from "../../../files/suggest.ts";
import { type Ask, askIfPossible, type FailedStatement, quotedNames } from "./failed-statement.ts";

/** An extension that the database does not have, or that the server could not create. */
export async function adviseOnExtension({ fields }: FailedStatement, ask: Ask): Promise<string | undefined> {
  if (!fields.message.includes("extension")) return undefined;
  // Before PostgreSQL 15 the message names the control file by its path.
  const name = /extension\/([^/"]+)\.control/.exec(fields.message)?.[1] ?? quotedNames(fields.message)[0] ?? "";
  const rows = await askIfPossible(ask, "SELECT name FROM pg_catalog.pg_available_extensions");
  const available = rows.flatMap(([extension]) => extension ?? []);
  const written = /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name}"`;
  if (available.includes(name)) {
    return `The server has the extension, but this database does not use it yet:\n  CREATE EXTENSION IF NOT EXISTS ${written};`;
  }
  const near = suggest(name, available);
  const meant = near === undefined ? "" : ` Is ${near} meant, which the server has?`;
  return `The files of the extension ${written} are not on the server.${meant} Its administrator installs them (a package of the operating system, or a list of allowed extensions where the server is hosted); pg_available_extensions tells which there are.`;
}
