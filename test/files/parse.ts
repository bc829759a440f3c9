import type { Migration } from "../../src/files/migration.ts";
import type { ParsedMigration } from "../../src/files/parse-migration.ts";
import { inspectMigration, parseMigration } from "../../src/files/parse-migration.ts";

const FILE = { name: "1_test.sql", path: "migrations/1_test.sql" };

/** Parses a file's text; any problem is an exception. */
export function parse(text: string, env: Record<string, string | undefined> = {}): Migration {
  return parseMigration({ ...FILE, text, env });
}

/** Parses a file's text; problems are data. */
export function inspect(text: string, env: Record<string, string | undefined> = {}): ParsedMigration {
  return inspectMigration({ ...FILE, text, env });
}

/** The SQL of the Up statements. */
export function up(text: string, env: Record<string, string | undefined> = {}): readonly string[] {
  return parse(text, env).up.map(({ sql }) => sql);
}

/** The SQL of the Down statements. */
export function down(text: string): readonly string[] | undefined {
  return parse(text).down?.map(({ sql }) => sql);
}

/** The problems that stop the file, as `line:column message`. */
export function problemsOf(text: string, env: Record<string, string | undefined> = {}): readonly string[] {
  return inspect(text, env).problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

/** The lines of a file. */
export function lines(...parts: readonly string[]): string {
  return `${parts.join("\n")}\n`;
}
