import fc from "fast-check";
import { expect, test } from "vitest";
import { createDatabase } from "../support/create-database.ts";
import { newestServer } from "../support/server-list.ts";
import { migratorFor } from "./fixtures.ts";

/** Bodies of all sorts; they use each other's tables, so that what runs before decides what comes after. */
const BODIES = [
  "CREATE TABLE IF NOT EXISTS a (id int);",
  "CREATE TABLE a (id int);",
  "INSERT INTO a VALUES (1);",
  "ALTER TABLE a ADD COLUMN b int;",
  "CREATE TABLE c (id int);\nCOMMIT;\nCREATE TABLE d (id int);",
  "CREATE TABLE e (id int);\nROLLBACK;",
  "SELECT 1/0;",
  "RESTORE TABLE a;",
  "CREATE TABLE IF NOT EXISTS g (id int);\nSELECT FROM FROM;",
  "COMMIT;\nBEGIN;\nCREATE TABLE h (id int);",
  "CREATE TABLE k (id int PRIMARY KEY, of int REFERENCES k DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO k VALUES (1, 2);",
  "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE IF NOT EXISTS m (id int);\nSELECT id FROM a;",
  "DO $$ BEGIN EXECUTE 'CREATE TABLE IF NOT EXISTS f ()'; END $$;",
  "-- nothing",
  "SET search_path TO nowhere, public;",
];

async function outcome(files: Record<string, string>, together: boolean): Promise<unknown> {
  await using database = await createDatabase(newestServer());
  await using migrator = migratorFor(database.url, files);
  const limit = together ? {} : { limit: 1 };
  let error: string | undefined;
  for (;;) {
    const result = await migrator.up(limit).catch((caught: unknown) => {
      error = String((caught as Error).message).replace(/[0-9a-f]{12}/g, "");
      return undefined;
    });
    if (result === undefined || together || result.steps.length === 0) break;
  }
  const history = await database.query(
    "SELECT version_id, is_dirty, state, statements_done FROM schema_migrations ORDER BY 1",
  );
  const tables = await database.query(
    "SELECT attrelid::regclass::text AS t, attname FROM pg_attribute WHERE attrelid >= 16384 AND attnum > 0 AND attrelid::regclass::text !~ 'schema_migrations|pg_toast' ORDER BY 1, 2",
  );
  return { error, history, tables };
}

test("sharing a message never changes what comes of it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...BODIES), { minLength: 1, maxLength: 6 }), async (bodies) => {
      const files = Object.fromEntries(bodies.map((body, index) => [`${index + 1}_m.sql`, body]));
      expect(await outcome(files, true)).toEqual(await outcome(files, false));
    }),
    { numRuns: 25 },
  );
}, 120_000);
