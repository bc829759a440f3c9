import { afterAll, expect, test } from "vitest";
import { createPGlite } from "../../../support/create-pglite.ts";
import { migratorFor } from "../../fixtures.ts";

const database = await createPGlite();
afterAll(() => database.close());

test.each([
  ["ALTER TABLE users ADD COLUMN plan text NOT NULL;", /ADD COLUMN plan text;[^]*UPDATE users[^]*SET NOT NULL/],
  ["DROP TABLE users;", /view named depends on table users[^]*DROP VIEW named;/],
  ["SELECT * FROM user_s;", /Is users meant\?/],
  ["SELECT emial FROM users;", /Is the column email meant\?/],
  ["RESTORE TABLE users;", /no statement RESTORE TABLE/],
])("advice on PGlite: %s", async (sql, says) => {
  const first =
    "CREATE TABLE users (id int, email text); INSERT INTO users VALUES (1); CREATE VIEW named AS TABLE users;";
  await using migrator = migratorFor(database, { "1_users.sql": first, "2_next.sql": sql });
  await expect(migrator.up()).rejects.toMatchObject({ hint: expect.stringMatching(says) });
});
