import { afterAll, expect, test } from "vitest";
import { createMigrator } from "../../src/index.ts";
import { createPGlite } from "../support/create-pglite.ts";
import { migratorFor } from "./fixtures.ts";

const database = await createPGlite();
afterAll(() => database.close());

test("on PGlite: up, a failure with its place, outside a transaction, down, nothing to do", async () => {
  const files = {
    "1_a.sql": ["CREATE TABLE a (x int);\nINSERT INTO a VALUES (1);", "DROP TABLE a;"],
    "2_b.sql":
      "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY a_x ON a (x);\n-- +goose Down\nDROP INDEX CONCURRENTLY a_x;\n",
  } as const;
  await using migrator = migratorFor(database, files);
  expect((await migrator.up()).steps).toHaveLength(2);
  expect(migrator.events.map(({ type }) => type)).toContain("step-start");
  expect((await migrator.up()).steps).toHaveLength(0);
  await using failing = migratorFor(database, {
    ...files,
    "3_c.sql": "CREATE TABLE c (x int);\n\nALTER TABLE a ADD COLUMN y int NOT NULL;",
  });
  await expect(failing.up()).rejects.toMatchObject({ failure: { line: 4, sqlState: "23502", statementNumber: 2 } });
  expect((await failing.status()).versions.map(({ state }) => state)).toEqual(["applied", "applied", "failed"]);
  expect((await migrator.reset()).steps).toHaveLength(2);
  expect(await migrator.version()).toBe(0n);
});

test("the database is not closed by the migrator that borrowed it", async () => {
  await using migrator = createMigrator({
    database,
    migrations: [{ name: "1_a.sql", text: "-- +goose Up\nSELECT 1;\n" }],
  });
  await migrator.status();
  await migrator.close();
  expect(database.closed).toBe(false);
});
