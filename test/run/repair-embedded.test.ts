import { afterAll, expect, test } from "vitest";
import { createPGlite } from "../support/create-pglite.ts";
import { migratorFor } from "./fixtures.ts";

const database = await createPGlite();
afterAll(() => database.close());

test("on PGlite: an INVALID index is found, removed and built again", async () => {
  await database.exec("CREATE TABLE a (x int); INSERT INTO a VALUES (7), (7)");
  await using migrator = migratorFor(database, {
    "1_a.sql":
      "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE b ();\nCREATE UNIQUE INDEX CONCURRENTLY a_x ON a (x);\n",
  });
  await expect(migrator.up()).rejects.toMatchObject({ failure: { detail: "Key (x)=(7) is duplicated." } });
  const { statements, cleanup } = await migrator.repair();
  expect(statements.map(({ objects }) => objects[0]?.state)).toEqual(["present", "invalid"]);
  expect(cleanup).toEqual(["DROP INDEX CONCURRENTLY public.a_x"]);
  await database.exec("DELETE FROM a WHERE ctid = (SELECT max(ctid) FROM a)");
  await migrator.up();
  const { rows } = await database.query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_x'::regclass");
  expect(rows).toEqual([{ indisvalid: true }]);
});
