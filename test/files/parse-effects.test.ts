import { describe, expect, test } from "vitest";
import { parseEffects } from "../../src/files/parse-effects.ts";
import type { ObjectName } from "../../src/files/object-name.ts";
import type { StatementEffect } from "../../src/files/statement-effect.ts";

function text({ schema, name }: ObjectName): string {
  return schema === undefined ? name : `${schema}.${name}`;
}

function inWords({ action, object, conditional, replaces, concurrently }: StatementEffect): string {
  const options = [conditional && "if", replaces && "or replace", concurrently && "concurrently"].filter(Boolean);
  const of = object.of === undefined ? "" : ` of ${text(object.of)}`;
  return [`${action} ${object.kind} ${text(object.name)}${of}`, ...options].join(", ");
}

describe("what a statement creates and drops", () => {
  test.each([
    ["CREATE TABLE IF NOT EXISTS app.Users (id int);", ["create table app.users, if"]],
    ["CREATE UNLOGGED TABLE t (a int)", ["create table t"]],
    ["CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)", ["create table p1"]],
    ["CREATE OR REPLACE VIEW v AS SELECT 1", ["create view v, or replace"]],
    ["CREATE RECURSIVE VIEW v (n) AS SELECT 1", ["create view v"]],
    ["CREATE MATERIALIZED VIEW IF NOT EXISTS m AS SELECT 1", ["create materialized view m, if"]],
    ["CREATE SEQUENCE s", ["create sequence s"]],
    ["CREATE TYPE app.mood AS ENUM ('sad')", ["create type app.mood"]],
    ["CREATE DOMAIN d AS int", ["create domain d"]],
    [
      "CREATE OR REPLACE FUNCTION f(a int) RETURNS int AS $$ SELECT 1 $$ LANGUAGE sql",
      ["create function f, or replace"],
    ],
    [
      "CREATE TRIGGER g BEFORE UPDATE OF a, b OR INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION f()",
      ["create trigger g of app.t"],
    ],
    ["CREATE CONSTRAINT TRIGGER g AFTER INSERT ON t EXECUTE FUNCTION f()", ["create trigger g of t"]],
    ["CREATE POLICY own ON t USING (true)", ["create policy own of t"]],
    ["CREATE RULE r AS ON INSERT TO t DO NOTHING", ["create rule r of t"]],
    ["CREATE SCHEMA IF NOT EXISTS app", ["create schema app, if"]],
    ["CREATE SCHEMA AUTHORIZATION joe", ["create schema joe"]],
    ['CREATE EXTENSION IF NOT EXISTS "uuid-ossp"', ["create extension uuid-ossp, if"]],
    ["CREATE STATISTICS st ON a, b FROM t", ["create statistics st"]],
    ["CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY app.t (a)", ["create index i of app.t, if, concurrently"]],
    ["CREATE UNIQUE INDEX ON t (a, lower(b))", ["create index t_expr_idx of t"]],
    ["DROP TABLE IF EXISTS a, b.c CASCADE", ["drop table a, if", "drop table b.c, if"]],
    ["DROP FUNCTION f(int, text), g()", ["drop function f", "drop function g"]],
    ["DROP INDEX CONCURRENTLY IF EXISTS i", ["drop index i, if, concurrently"]],
    ['DROP INDEX CONCURRENTLY app."Idx""1" CASCADE', ['drop index app.Idx"1, concurrently']],
    ["CREATE INDEX concurrently_built ON t (a)", ["create index concurrently_built of t"]],
    ["DROP TRIGGER g ON t", ["drop trigger g of t"]],
    [
      "ALTER TABLE t ADD COLUMN IF NOT EXISTS a numeric(10, 2) DEFAULT round(1, 2), DROP b, ADD c int",
      ["create column a of t, if", "drop column b of t", "create column c of t"],
    ],
    ["ALTER TABLE IF EXISTS ONLY t ADD CONSTRAINT k CHECK (a > 0) NOT VALID", ["create constraint k of t"]],
    ["ALTER TABLE t VALIDATE CONSTRAINT k", ["validate constraint k of t"]],
    ["ALTER TABLE t DROP CONSTRAINT IF EXISTS k", ["drop constraint k of t, if"]],
    ["ALTER TABLE t RENAME COLUMN a TO b", ["drop column a of t", "create column b of t"]],
    ["ALTER TABLE t RENAME a TO b", ["drop column a of t", "create column b of t"]],
    ["ALTER TABLE t RENAME CONSTRAINT a TO b", ["drop constraint a of t", "create constraint b of t"]],
    ["ALTER TABLE app.t RENAME TO u", ["drop table app.t", "create table app.u"]],
    ["ALTER TABLE t SET SCHEMA app", ["drop table t", "create table app.t"]],
    ["ALTER TABLE p ATTACH PARTITION p1 FOR VALUES IN (1)", ["create partition p1 of p"]],
    ["ALTER TABLE p DETACH PARTITION app.p1 CONCURRENTLY", ["drop partition app.p1 of p, concurrently"]],
    ["ALTER TABLE p DETACH PARTITION p1 FINALIZE", ["drop partition p1 of p"]],
    ["ALTER TYPE mood ADD VALUE IF NOT EXISTS 'it''s' BEFORE 'sad'", ["create enum value it's of mood, if"]],
    ["ALTER TYPE mood RENAME VALUE 'a' TO 'b'", ["drop enum value a of mood", "create enum value b of mood"]],
    ["ALTER TYPE pair ADD ATTRIBUTE z int", ["create column z of pair"]],
    ["ALTER DOMAIN d ADD CONSTRAINT k CHECK (VALUE > 0)", ["create constraint k of d"]],
    ["ALTER INDEX i RENAME TO j", ["drop index i", "create index j"]],
    ["ALTER FUNCTION f(int) RENAME TO g", ["drop function f", "create function g"]],
    ["ALTER TRIGGER a ON t RENAME TO b", ["drop trigger a of t", "create trigger b of t"]],
    ["REINDEX (VERBOSE) INDEX CONCURRENTLY i", ["rebuild index i, concurrently"]],
    ["REINDEX (CONCURRENTLY) TABLE app.t", ["rebuild table app.t, concurrently"]],
    ["REINDEX (CONCURRENTLY off) TABLE t", ["rebuild table t"]],
  ])("%s", (sql, effects) => expect(parseEffects(sql).map(inWords)).toEqual(effects));

  test.each([
    "INSERT INTO t VALUES (1)",
    "CREATE TEMP TABLE t (a int)",
    "ALTER TABLE t ADD PRIMARY KEY (a)",
    "ALTER TABLE t ADD CHECK (a > 0)",
    "ALTER TABLE t ALTER COLUMN a DROP NOT NULL, ALTER b SET DEFAULT 1",
    "ALTER SEQUENCE s RESTART",
    "DO $$ BEGIN CREATE TABLE t (); END $$",
    "CREATE USER MAPPING FOR joe SERVER s",
    "VACUUM t",
  ])("nothing that can be told: %s", (sql) => expect(parseEffects(sql)).toEqual([]));

  test("a block has the effects of all its statements", () => {
    expect(parseEffects("CREATE TABLE a (); /* ; */ DROP VIEW b;").map(inWords)).toEqual([
      "create table a",
      "drop view b",
    ]);
  });

  test.each([
    ['CREATE UNIQUE INDEX i ON t (a, "B" text_pattern_ops DESC NULLS LAST)', ["a", "B"]],
    ["CREATE INDEX i ON t USING gin (a) WITH (fastupdate = off)", ["a"]],
    ["CREATE INDEX i ON t (lower(a))", undefined],
    ["CREATE INDEX i ON t ((a + 1))", undefined],
    ['CREATE INDEX i ON t (a COLLATE "C")', ["a"]],
  ])("the columns of %s", (sql, columns) => {
    expect(parseEffects(sql)[0]?.index?.columns).toEqual(columns);
  });
});
