import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MigrationFailedError } from "../../src/index.ts";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import { servers, type TestServer } from "../support/server-list.ts";
import { migratorFor } from "./fixtures.ts";

/** Statements that go through, that fail when they run, that do not parse, and that end the transaction by themselves. */
const statement = fc.oneof(
  { weight: 6, arbitrary: fc.nat(5).map((n) => `CREATE TABLE IF NOT EXISTS t${n} (id int);`) },
  { weight: 3, arbitrary: fc.nat(5).map((n) => `CREATE TABLE t${n} (id int);`) },
  { weight: 2, arbitrary: fc.constant("DO $$ BEGIN PERFORM 1; END $$; -- done") },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "SELECT 1/0;",
      "SELECT * FROM nowhere;",
      "DO $$ BEGIN RAISE EXCEPTION 'é 🦆'; END $$;",
      "CREATE TABLE IF NOT EXISTS p (id int PRIMARY KEY, q int REFERENCES p DEFERRABLE INITIALLY DEFERRED); INSERT INTO p VALUES (1, 2);",
      "RESTORE TABLE x;",
      "SELECT FROM FROM;",
      "COMMIT;",
      "ROLLBACK;",
      "COMMIT; BEGIN;",
      "END;",
      "SELECT 'a text -- with a sign'; /* and /* nested */ ones */",
    ),
  },
);
const migration = fc.record({
  body: fc.array(statement, { minLength: 0, maxLength: 4 }).map((statements) => statements.join("\n")),
  outside: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
});

type Files = Parameters<typeof migratorFor>[1];

async function outcome(database: TestDatabase, error: unknown) {
  const failure = error instanceof MigrationFailedError ? error.failure : undefined;
  return {
    error:
      failure === undefined
        ? error
        : [failure.file, failure.line, failure.column, failure.sqlState, failure.serverMessage, failure.state],
    history: await database.query(
      "SELECT version_id::int AS v, is_dirty, state, statements_done, sequence, error->>'message' AS message FROM schema_migrations ORDER BY 1",
    ),
    tables: await database.query(
      "SELECT c.relname FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1",
    ),
  };
}

async function together(server: TestServer, files: Files) {
  await using database = await createDatabase(server);
  await using migrator = migratorFor(database.url, files);
  const error: unknown = await migrator.up().then(
    () => undefined,
    (caught: unknown) => caught,
  );
  return await outcome(database, error);
}

async function oneByOne(server: TestServer, files: Files) {
  await using database = await createDatabase(server);
  await using migrator = migratorFor(database.url, files);
  for (;;) {
    try {
      const { steps } = await migrator.up({ limit: 1 });
      if (steps.length === 0) return await outcome(database, undefined);
    } catch (error) {
      return await outcome(database, error);
    }
  }
}

describe.each(servers())("sharing a message on PostgreSQL $major", (server) => {
  test("never changes what comes of the migrations", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(migration, { minLength: 1, maxLength: 7 }), async (migrations) => {
        const files = Object.fromEntries(
          migrations.map(({ body, outside }, index) => [
            `${index + 1}_m.sql`,
            `${outside ? "-- +goose NO TRANSACTION\n" : ""}-- +goose Up\n${body}\n`,
          ]),
        );
        expect(await together(server, files)).toEqual(await oneByOne(server, files));
      }),
      { numRuns: 12 },
    );
  });
});
