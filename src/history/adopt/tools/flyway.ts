import { quoteIdentifier } from "../../../database/quote.ts";
import { quoteTable } from "../../table-name.ts";
import { adoptError } from "../adopt-error.ts";
import { compareFlywayVersions, flywayNumbers, plainFlywayVersion } from "../flyway-version.ts";
import type { AppliedByTool, AppliedKey, FolderFile, KnownKeys, Tool, ToolFiles, ToolRow, ToolTable } from "../tool.ts";

/** "Flyway" as a number; its lock is this and the hash that Java has of the table's name. */
const LOCK_BASE = 77_431_708_279_161n;
const FILE_NAME = /^(?:.*\/)?([VUB])(\d+(?:[._]\d+)*)__(.*)\.(sql|java|class)$/;

/**
 * Flyway: one row an event, in order; an undo or a deletion takes a version back, a baseline stands for all up to it, and
 * repeatable migrations have no version. A row without success stopped half way.
 */
export const flyway: Tool = {
  name: "Flyway",
  times: "local",
  code: false,
  rowsSql: (table) =>
    `SELECT coalesce(version, script)::text AS key, installed_on::timestamptz AS "appliedAt", version IS NULL AS repeatable, type, script, success FROM ${quoteTable(table)} ORDER BY installed_rank`,
  advisoryLocks: (table) => [LOCK_BASE + javaHash(quotedName(table))],
  interpret: interpretRows,
  readFiles,
  order: compareFlywayVersions,
  numbersOf: flywayNumbers,
};

function quotedName({ schema, name }: ToolTable): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

/** String.hashCode. */
function javaHash(text: string): bigint {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return BigInt(hash);
}

function interpretRows(rows: readonly ToolRow[], { keys }: KnownKeys): AppliedByTool {
  const failed = rows.find(({ success }) => success !== true);
  if (failed !== undefined) throw failedError(failed);
  const repeatable = [
    ...new Set(rows.filter((row) => row["repeatable"] === true && row["type"] !== "SCHEMA").map(({ key }) => key)),
  ];
  const applied = new Map<string, AppliedKey>();
  const remarks = repeatable.map((name) => `${name} is repeatable, and gander has no such migrations: left out`);
  for (const row of rows) {
    if (row["repeatable"] === true) continue;
    const key = plainFlywayVersion(row.key);
    const appliedAt = row.appliedAt ?? undefined;
    const type = String(row["type"]);
    applied.delete(key);
    if (type === "DELETE" || type.startsWith("UNDO")) continue;
    if (type === "BASELINE") {
      const below = keys.map(plainFlywayVersion).filter((file) => compareFlywayVersions(file, key) <= 0);
      for (const file of below) applied.set(file, { key: file, appliedAt });
      remarks.push(`Flyway began with a baseline at ${row.key}: every file up to it counts as applied`);
    }
    applied.set(key, { key, appliedAt });
  }
  return { applied: [...applied.values()], remarks };
}

function failedError({ key, script }: ToolRow): Error {
  return adoptError(
    `Flyway's row of ${key} (${script}) says that it failed`,
    "Look what of it is in the database, undo that by hand, and run: flyway repair. Or finish it by hand, and set success to true in that row.",
  );
}

function readFiles(files: readonly FolderFile[]): ToolFiles {
  const configs = new Map(files.filter(({ path }) => path.endsWith(".conf")).map((file) => [file.path, file]));
  const found = files.flatMap((file) => {
    const [, kind, version, title, extension] = FILE_NAME.exec(file.path) ?? [];
    if (kind === undefined || version === undefined || title === undefined) return [];
    return [{ file, kind, key: plainFlywayVersion(version), title, isSql: extension === "sql" }];
  });
  const remarks = [
    ...files
      .filter(({ path }) => /(^|\/)R__.*\.(sql|java)$/.test(path))
      .map(
        ({ path }) =>
          `${path} is repeatable, and gander has no such migrations: keep it as a file of its own that you run, or write a new migration for each change`,
      ),
    ...found
      .filter(({ kind }) => kind === "B")
      .map(({ file }) => `${file.path} is a baseline, for new databases: left out`),
  ];
  const versioned = found.filter(({ kind }) => kind === "V");
  const read = versioned.map(({ file, key, title, isSql }) => {
    if (!isSql) return { key, path: file.path, title, text: undefined };
    const up = file.read();
    const down = found.find((other) => other.kind === "U" && other.isSql && other.key === key)?.file.read();
    if (/\$\{[^}]*\}/.test(up))
      remarks.push(`${file.path} has placeholders (\${…}): put their values in, for new databases`);
    const config = configs.get(`${file.path}.conf`)?.read() ?? "";
    return {
      key,
      path: file.path,
      title,
      text: { up, down, transaction: !/^\s*executeInTransaction\s*=\s*false/m.test(config) },
    };
  });
  return { files: read.toSorted((a, b) => compareFlywayVersions(a.key, b.key)), remarks };
}
