import { expect } from "vitest";
import { type AdoptOptions, type AdoptPlan, createMigrator, type MigratorOptions } from "../../../src/index.ts";
import type { TestDatabase } from "../../support/create-database.ts";
import { createFolder, type TestFolder } from "../../cli/run-gander.ts";
import { catalogOf } from "./catalog.ts";

export { createFolder, type TestFolder };

/** Adopts, and holds that nothing of the schema and nothing in the other tool's table has changed by it. */
export async function adopt(
  database: TestDatabase,
  migrations: MigratorOptions["migrations"],
  table: string,
  options: AdoptOptions & { readonly history?: string } = {},
): Promise<AdoptPlan> {
  const { history = "schema_migrations", ...rest } = options;
  const before = [
    await catalogOf(database, [history]),
    await database.query(`SELECT ctid, t.* FROM ${table} t ORDER BY ctid`),
  ];
  await using migrator = createMigrator({ database: database.url, migrations, table: history });
  const plan = await migrator.adopt(rest);
  const after = [
    await catalogOf(database, [history]),
    await database.query(`SELECT ctid, t.* FROM ${table} t ORDER BY ctid`),
  ];
  expect(after).toEqual(before);
  return plan;
}

/** `version state name source` of each version. */
export async function statusOf(
  database: TestDatabase,
  migrations: MigratorOptions["migrations"],
  history = "schema_migrations",
): Promise<readonly string[]> {
  await using migrator = createMigrator({ database: database.url, migrations, table: history });
  const { versions } = await migrator.status();
  return versions.map(({ version, state, name, row, changed }) =>
    [version, changed ? "changed" : state, name, ...(row === undefined ? [] : [row.source])].join(" "),
  );
}

/** What `up` applies. */
export async function upWith(
  database: TestDatabase,
  migrations: MigratorOptions["migrations"],
  history = "schema_migrations",
): Promise<readonly string[]> {
  await using migrator = createMigrator({ database: database.url, migrations, table: history });
  return (await migrator.up()).steps.map(({ name }) => name);
}

/** An error's code, message and hint, in one text. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error("it was not refused");
  const { code, hint } = error as Error & { code?: string; hint?: string };
  return `${code}: ${error.message}\n${hint ?? ""}`;
}
