import { inspectMigration, type MigrationSource, type ParsedMigration } from "./parse-migration.ts";

interface Entry {
  readonly text: string;
  readonly parsed: ParsedMigration;
}

/** A process that migrates many databases from one folder parses it once. */
const entries = new Map<string, Entry>();
const MOST_ENTRIES = 20_000;

/** Parses a file, or answers what the same text at the same path gave before; what depends on variables is never kept. */
export function inspectOnce(source: MigrationSource): ParsedMigration {
  const { path, text } = source;
  const known = entries.get(path);
  if (known?.text === text) return known.parsed;
  const parsed = inspectMigration(source);
  if (!/envsub/i.test(text)) {
    if (entries.size >= MOST_ENTRIES) entries.clear();
    entries.set(path, { text, parsed });
  }
  return parsed;
}
