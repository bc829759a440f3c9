import {
  createMigrator,
  type BundledFile,
  type GanderEvent,
  type Migrator,
  type MigratorOptions,
} from "../../src/index.ts";

/** Files of a bundle: `"1_a.sql": "CREATE …"` is an Up; `[up, down]` both; a text with annotations stands as it is. */
export function bundle(files: Readonly<Record<string, string | readonly [up: string, down: string]>>): BundledFile[] {
  return Object.entries(files).map(([name, content]) => ({ name, text: textOf(content) }));
}

function textOf(content: string | readonly [string, string]): string {
  if (typeof content === "string") return content.includes("+goose Up") ? content : `-- +goose Up\n${content}\n`;
  return `-- +goose Up\n${content[0]}\n-- +goose Down\n${content[1]}\n`;
}

/** A migrator for a bundle that notes its events. */
export function migratorFor(
  database: MigratorOptions["database"],
  files: Parameters<typeof bundle>[0],
  options: Partial<MigratorOptions> = {},
): Migrator & { readonly events: GanderEvent[] } {
  const events: GanderEvent[] = [];
  const migrator = createMigrator({
    database,
    migrations: bundle(files),
    onEvent: (event) => events.push(event),
    ...options,
  });
  return Object.assign(migrator, { events });
}
