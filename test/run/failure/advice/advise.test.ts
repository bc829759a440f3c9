import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDatabase, type TestDatabase, urlOf } from "../../../support/create-database.ts";
import { servers } from "../../../support/server-list.ts";
import { adviceFor } from "./advice-for.ts";

const SETUP = `
  CREATE TYPE mood AS ENUM ('good');
  CREATE TABLE users (id int PRIMARY KEY, email text, age int, level text DEFAULT 'x', m mood);
  INSERT INTO users VALUES (1, 'secret@example.com', 5), (2, 'secret@example.com', -5), (3, NULL, 7);
  CREATE TABLE "Order Items" (id int);
  INSERT INTO "Order Items" VALUES (1);
  CREATE TABLE orders (id int, user_id int);
  INSERT INTO orders VALUES (1, 99);
  CREATE SCHEMA app;
  CREATE TABLE app.invoices (id int);
  CREATE FUNCTION app.total(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
  CREATE VIEW adults AS SELECT id, age FROM users WHERE age > 17;
  CREATE TABLE posts (id int, user_id int REFERENCES users);
  CREATE INDEX orders_idx ON orders (id);
`;

/** SQLSTATE, SQL that fails, and what the advice says, in this order. */
type Case = readonly [sqlState: string, sql: string, ...says: readonly string[]];

const CASES: readonly Case[] = [
  [
    "23502",
    "ALTER TABLE users ADD COLUMN plan varchar(20) NOT NULL",
    "users has rows",
    "ALTER TABLE users ADD COLUMN plan varchar(20);",
    "UPDATE users SET plan = … WHERE plan IS NULL;",
    "ALTER TABLE users ALTER COLUMN plan SET NOT NULL;",
    "NOT NULL DEFAULT …",
  ],
  [
    "23502",
    "ALTER TABLE users ADD a int, ADD b numeric(10, 2) NOT NULL, ADD c int",
    "ADD COLUMN b numeric(10, 2);",
    "SET NOT NULL",
  ],
  [
    "23502",
    'ALTER TABLE "Order Items" ADD COLUMN IF NOT EXISTS "Plan" text COLLATE "C" NOT NULL UNIQUE',
    'ALTER TABLE "Order Items" ADD COLUMN "Plan" text COLLATE "C";',
  ],
  [
    "23502",
    'ALTER TABLE users ADD COLUMN "order" timestamp with time zone NOT NULL',
    'ADD COLUMN "order" timestamp with time zone;',
  ],
  [
    "23502",
    "DO $$ BEGIN ALTER TABLE users ADD COLUMN plan text NOT NULL; END $$",
    "ADD COLUMN plan text;",
    "UPDATE",
    "SET NOT NULL",
  ],
  [
    "23502",
    "ALTER TABLE users ADD COLUMN g int GENERATED ALWAYS AS (NULLIF(age, 5)) STORED NOT NULL",
    "expression that generates g",
  ],
  [
    "23502",
    "ALTER TABLE users ALTER COLUMN email SET NOT NULL",
    "no value in email",
    "UPDATE users SET email = …",
    "SET NOT NULL",
  ],
  ["23502", "INSERT INTO users (email) VALUES ('secret@example.com')", "without a value for id"],
  [
    "2BP01",
    "DROP TABLE users",
    "view adults depends on table users",
    "constraint posts_user_id_fkey on table posts",
    "DROP VIEW adults;",
    "ALTER TABLE posts DROP CONSTRAINT posts_user_id_fkey;",
    "CASCADE",
  ],
  ["2BP01", "DROP TYPE mood", "column m of table users", "ALTER TABLE users ALTER COLUMN m TYPE …;", "CASCADE"],
  ["25001", "VACUUM users", "-- +goose NO TRANSACTION"],
  ["25001", "CREATE INDEX CONCURRENTLY i ON users (age)", "-- +goose NO TRANSACTION"],
  ["42P01", "SELECT * FROM user_s", "Is users meant?", "lower version"],
  ["42P01", "SELECT * FROM invoices", "not in the search_path", "app.invoices", "SET LOCAL search_path = app, public;"],
  ["42P01", "SELECT * FROM public.invoices", "not in schema public", "app.invoices"],
  ["42P01", 'SELECT * FROM orderitems, "order items"', "No schema has a table"],
  ["42P01", 'SELECT * FROM "order items"', '"Order Items"', "lower case"],
  ["42P01", "SELECT orders.id FROM users u WHERE orders.id = 1", "not in the FROM"],
  ["42703", "ALTER TABLE users DROP COLUMN emial", "Is the column email meant?", "users has the columns id, email"],
  ["42703", "SELECT emial FROM users", "email"],
  ["42703", "UPDATE users u SET age = 1 WHERE u.emial IS NULL", "email"],
  [
    "42703",
    "UPDATE users SET level = 'y' WHERE level = \"somebody\"",
    "single quotes: 'somebody'",
    "users has the columns",
  ],
  ["42883", "SELECT total(1)", "app.total(integer)"],
  ["42883", "SELECT uuid_generate_v4()", 'CREATE EXTENSION IF NOT EXISTS "uuid-ossp";', "gen_random_uuid()"],
  ["42883", "SELECT lenght('x')", "Is length meant?"],
  ["42883", "SELECT * FROM users WHERE id = 'a'::text", "integer = text", "cast"],
  ["42704", "CREATE TABLE t (a datetime)", "no type datetime: write timestamptz"],
  ["42704", "CREATE TABLE t (a citext)", "CREATE EXTENSION IF NOT EXISTS citext;"],
  ["42704", "CREATE TABLE t (a mod)", "Is mood meant?"],
  ["42704", "CREATE TABLE t (a enum('x'))", "CREATE TYPE … AS ENUM"],
  ["42704", "GRANT SELECT ON users TO nobody_knows", "CREATE ROLE nobody_knows;"],
  ["42704", "CREATE INDEX ON users USING gin (email gin_trgm_ops)", "CREATE EXTENSION IF NOT EXISTS pg_trgm;"],
  ["42704", "CREATE INDEX ON users USING gin (age)", "CREATE EXTENSION IF NOT EXISTS btree_gin;"],
  ["42704", "DROP INDEX order_idx", "Is orders_idx meant?", "IF EXISTS"],
  ["42704", "ALTER TABLE posts DROP CONSTRAINT posts_user_fkey", "Is posts_user_id_fkey meant?"],
  ["0A000|58P01", "CREATE EXTENSION plpgsqll", "extension plpgsqll are not on the server", "Is plpgsql meant"],
  ["0A000", "ALTER TABLE users ALTER COLUMN age TYPE bigint", "DROP VIEW adults;"],
  ["42601", "RESTORE TABLE users", "no statement RESTORE TABLE in PostgreSQL", "CREATE TABLE"],
  ["42601", "-- a comment; with more\nRESTORE TABLE users", "no statement RESTORE TABLE"],
  ["42601", "CRAETE TABLE t (a int)", "no statement CRAETE TABLE", "Is CREATE meant?"],
  ["42601", "ALTER TABLE users ALTER COLUMN email SET NULL", "DROP NOT NULL"],
  ["42601", "CREATE TABLE t (a int, b int,)", "comma"],
  ["42601", "CREATE TABLE user (id int)", "reserved word", '"user"'],
  ["42601", "CREATE TABLE t (id int, order int)", "order is a reserved word"],
  ["42601", "SELECT id, FROM users", "before FROM"],
  ["42601", "CREATE TABLE t (a int)\nALTER TABLE t ADD b int", "ALTER", "semicolon missing"],
  ["42601", "CREATE TABLE t (\n  a int\n  b int\n)", "comma missing before b"],
  ["42601", "CREATE TABLE t (id int AUTO_INCREMENT)", "GENERATED BY DEFAULT AS IDENTITY"],
  ["42601", "CREATE TABLE t (id int) ENGINE=InnoDB", "ENGINE="],
  ["42601", "CREATE TABLE `t` (id int)", "Backticks"],
  ["42601", "ALTER TABLE users ADD CONSTRAINT IF NOT EXISTS c CHECK (true)", "DROP CONSTRAINT IF EXISTS"],
  ["42601", "CREATE TABLE t (a int", "not closed"],
  ["42601", "ALTER TABLE users ALTER COLUMN age bigint", "TYPE"],
  ["42601", "INSERT INTO users (id) VALUES (1, 2)", "number of columns"],
  ["42601", "SELECT * FORM users", "Is FROM meant instead of FORM?"],
  ["42601", "INSERT INTO users (id VALUES (1)", "parenthesis is not closed"],
  ["42601", "CREATE TABLE my-table (id int)", '"my-table"', "underscore"],
  ["42601", "SELECT 'it's'", "written twice"],
  ["42601", "CREATE VIEW v SELECT 1", "AS is missing"],
  ["42601", "CREATE TABLE t (a int, starts int, end int)", "end is a reserved word"],
  ["42601", "CREATE FUNCTION f() RETURNS int AS $$ BEGIN RETURN 1 END $$ LANGUAGE plpgsql", "In the body"],
  ["42704", "CREATE TABLE t (id int, INDEX foo (id))", "CREATE INDEX after it"],
  ["42704", "DROP ROLE nobody_knows", "IF EXISTS"],
  ["42883", "SELECT ifnull(1, 2)", "coalesce"],
  ["42P01", "DROP TABLE nowhere", "DROP … IF EXISTS"],
  ["42P07", "CREATE TABLE users (id int)", "there already", "IF NOT EXISTS"],
  ["42701", "ALTER TABLE users ADD COLUMN age int", "ADD COLUMN IF NOT EXISTS age"],
  ["42710", "CREATE TYPE mood AS ENUM ('a')", "DROP TYPE IF EXISTS mood;"],
  [
    "42710",
    "ALTER TABLE posts ADD CONSTRAINT posts_user_id_fkey FOREIGN KEY (user_id) REFERENCES users",
    "DROP CONSTRAINT IF EXISTS posts_user_id_fkey",
  ],
  ["42710", "ALTER TYPE mood ADD VALUE 'good'", "ADD VALUE IF NOT EXISTS"],
  ["42P06", "CREATE SCHEMA app", "IF NOT EXISTS"],
  ["42723", "CREATE FUNCTION app.total(int) RETURNS int LANGUAGE sql AS 'SELECT 1'", "CREATE OR REPLACE"],
  [
    "23505",
    "CREATE UNIQUE INDEX ON users (email)",
    "SELECT email, count(*) FROM users GROUP BY email HAVING count(*) > 1;",
  ],
  ["23505", "CREATE UNIQUE INDEX ON users (lower(email))", "GROUP BY lower(email)"],
  ["23505", "INSERT INTO users VALUES (1)", "ON CONFLICT (id)"],
  [
    "23503",
    "ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users",
    "Rows of orders refer to rows of users",
    "p.id = t.user_id",
    "NOT VALID",
    "VALIDATE CONSTRAINT fk;",
  ],
  ["23503", "INSERT INTO posts VALUES (1, 77)", "refers to a row of users", "write that one first"],
  ["23503", "INSERT INTO posts VALUES (1, 1); DELETE FROM users WHERE id = 1", "Rows of posts"],
  [
    "23514",
    "ALTER TABLE users ADD CONSTRAINT grown CHECK (age > 0)",
    "break the check grown",
    "WHERE NOT (age > 0);",
    "NOT VALID",
  ],
  ["42804", "ALTER TABLE orders ALTER COLUMN id TYPE boolean", "USING id::boolean;"],
  ["42804", "ALTER TABLE users ALTER COLUMN level TYPE mood USING NULL", "DROP DEFAULT;", "SET DEFAULT"],
  ["22P02", "ALTER TABLE users ALTER COLUMN email TYPE int USING email::int", "USING nullif"],
  [
    "55P04",
    "ALTER TYPE mood ADD VALUE 'bad'; INSERT INTO users (id, m) VALUES (9, 'bad')",
    "migration of its own, before this one",
  ],
  ["25006", "SET TRANSACTION READ ONLY; CREATE TABLE t ()", "read-only"],
  ["3F000", "CREATE TABLE nowhere.t ()", "CREATE SCHEMA IF NOT EXISTS nowhere;"],
  [
    "55006",
    "CREATE TABLE d (id int PRIMARY KEY, r int REFERENCES d DEFERRABLE INITIALLY DEFERRED); INSERT INTO d VALUES (1, 1); ALTER TABLE d ADD x int",
    "SET CONSTRAINTS ALL IMMEDIATE",
  ],
  ["42P16", "CREATE OR REPLACE VIEW adults AS SELECT id FROM users", "DROP VIEW adults;"],
  ["42830", "ALTER TABLE posts ADD FOREIGN KEY (id) REFERENCES orders (id)", "unique constraint"],
  ["42P10", "INSERT INTO orders VALUES (1, 1) ON CONFLICT (user_id) DO NOTHING", "unique index"],
];

describe.each(servers())("advice on PostgreSQL $major", (server) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase(server);
    await database.query(SETUP);
  });
  afterAll(() => database.drop());

  test.each(CASES)("%s: %s", async (sqlState, sql, ...says) => {
    const advice = await adviceFor(database, sqlState, sql);
    let from = 0;
    for (const words of says) {
      expect(advice.slice(from), `in this order, in:\n${advice}`).toContain(words);
      from = advice.indexOf(words, from) + words.length;
    }
    expect(advice).not.toContain("secret@example.com");
  });

  test("a database that does not answer any more makes no failure of the advice", async () => {
    for (const [sqlState, sql] of CASES) {
      await expect(adviceFor(database, sqlState, sql, { answers: false })).resolves.not.toBe("");
    }
  });

  test("an index that a failed CONCURRENTLY left is told apart from one that is there", async () => {
    await adviceFor(database, "23505", "CREATE UNIQUE INDEX CONCURRENTLY mails ON users (email)", {
      transaction: false,
    });
    const again = await adviceFor(database, "42P07", "CREATE UNIQUE INDEX CONCURRENTLY mails ON users (email)", {
      transaction: false,
    });
    expect(again).toContain("DROP INDEX CONCURRENTLY mails;");
  });

  test("the rows of a table are told where the statistics know them", async () => {
    await database.query("CREATE TABLE counted AS SELECT generate_series(1, 2500) AS id; ANALYZE counted");
    expect(await adviceFor(database, "23502", "ALTER TABLE counted ADD c int NOT NULL")).toContain("(about 2,500)");
  });
});

describe.each(servers())("advice for a role without rights on PostgreSQL $major", (server) => {
  const role = `guest_${process.pid}_${server.major}`;
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase(server);
    await database.query(`CREATE ROLE ${role} LOGIN; CREATE TABLE kept (id int PRIMARY KEY); CREATE SCHEMA closed;
      CREATE TABLE closed.t (id int); REVOKE CREATE ON SCHEMA public FROM PUBLIC`);
  });
  afterAll(async () => {
    await database.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    await database.drop();
  });

  test.each([
    ["CREATE TABLE t (id int)", `GRANT CREATE ON SCHEMA public TO ${role};`],
    ["SELECT * FROM closed.t", `GRANT USAGE ON SCHEMA closed TO ${role};`],
    ["CREATE SCHEMA s", `GRANT CREATE ON DATABASE `],
    ["UPDATE kept SET id = 1", `GRANT UPDATE, SELECT ON kept TO ${role};`],
    ["ALTER TABLE kept ADD a int", `ALTER TABLE kept OWNER TO ${role};`],
    ["DROP TABLE kept", `the connection's role ${role} is not the owner`],
    ["CREATE EXTENSION file_fdw", `GRANT CREATE ON DATABASE `],
    ["CREATE ROLE another", "CREATEROLE"],
    ["SET ROLE pg_monitor", `GRANT pg_monitor TO ${role};`],
  ])("%s", async (sql, says) => {
    const url = urlOf(server, database.name, role);
    expect(await adviceFor(database, "42501", sql, { url })).toContain(says);
  });
});
