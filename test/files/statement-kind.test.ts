import { describe, expect, test } from "vitest";
import { describeStatement, describeStatements } from "../../src/files/statement-kind.ts";

describe("transaction control", () => {
  test.each([
    ["BEGIN", "BEGIN"],
    ["begin isolation level serializable;", "BEGIN"],
    ["START TRANSACTION READ ONLY", "START TRANSACTION"],
    ["COMMIT;", "COMMIT"],
    ["commit and chain", "COMMIT"],
    ["END;", "END"],
    ["ABORT", "ABORT"],
    ["ROLLBACK", "ROLLBACK"],
    ["ROLLBACK WORK", "ROLLBACK"],
    ["PREPARE TRANSACTION 'x'", "PREPARE TRANSACTION"],
  ])("%s", (sql, command) => expect(describeStatement(sql).transactionControl).toBe(command));

  test.each([
    "SAVEPOINT s",
    "ROLLBACK TO s",
    "ROLLBACK WORK TO SAVEPOINT s",
    "ROLLBACK TRANSACTION TO s",
    "RELEASE s",
    "SET TRANSACTION READ ONLY",
    "PREPARE q AS SELECT 1",
    "ROLLBACK PREPARED 'x'",
    "DO $$ BEGIN COMMIT; END $$",
    "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END",
  ])("none: %s", (sql) => expect(describeStatement(sql).transactionControl).toBeUndefined());
});

describe("waiting without blocking", () => {
  test.each([
    "CREATE INDEX CONCURRENTLY i ON t (a)",
    "DROP INDEX CONCURRENTLY i",
    "REINDEX TABLE CONCURRENTLY t",
    "REINDEX (CONCURRENTLY) SCHEMA s",
    "ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY",
    "VACUUM (ANALYZE) t",
    "ALTER TABLE ONLY s.t VALIDATE CONSTRAINT c",
    "ALTER TABLE t VALIDATE CONSTRAINT c, VALIDATE CONSTRAINT d;",
  ])("%s", (sql) => expect(describeStatement(sql).waitsWithoutBlocking).toBe(true));

  test.each([
    "CREATE INDEX i ON t (a)",
    "VACUUM FULL t",
    "VACUUM (FULL) t",
    "ALTER TABLE t VALIDATE CONSTRAINT c, ADD COLUMN b int",
    "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID",
    "SELECT 'CONCURRENTLY'",
  ])("not: %s", (sql) => expect(describeStatement(sql).waitsWithoutBlocking).toBe(false));
});

describe("session state", () => {
  test.each([
    ["SET search_path TO public, evm;", { kind: "set", name: "search_path", value: "public, evm" }],
    ["SET SESSION Lock_Timeout = '5s'", { kind: "set", name: "lock_timeout", value: "'5s'" }],
    ["SET my.var = 'x'", { kind: "set", name: "my.var", value: "'x'" }],
    ["SET TIME ZONE 'UTC'", { kind: "set", name: "timezone", value: "'UTC'" }],
    ["SET SCHEMA 'app'", { kind: "set", name: "search_path", value: "'app'" }],
    ["SET statement_timeout TO DEFAULT", { kind: "set", name: "statement_timeout", value: "DEFAULT" }],
    [
      "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
      { kind: "set", name: "session characteristics", value: "AS TRANSACTION READ ONLY" },
    ],
    ["RESET ALL", { kind: "reset", name: "all" }],
    ["RESET search_path", { kind: "reset", name: "search_path" }],
    ["SET ROLE app", { kind: "role", value: "app" }],
    ["SET SESSION ROLE 'app'", { kind: "role", value: "'app'" }],
    ["RESET ROLE", { kind: "role", value: "NONE" }],
    ["SET SESSION AUTHORIZATION DEFAULT", { kind: "session-authorization", value: "DEFAULT" }],
    ["SELECT pg_catalog.set_config('search_path', '', false);", { kind: "set", name: "search_path", value: "''" }],
    ["SELECT set_config('app.x', f(1, 2)::text, $1)", { kind: "set", name: "app.x", value: "f(1, 2)::text" }],
    ["LISTEN news", { kind: "listen", name: "news" }],
    ["PREPARE q (int) AS SELECT $1", { kind: "prepare", name: "q" }],
    ["CREATE TEMP TABLE IF NOT EXISTS w (a int)", { kind: "temporary", name: "w" }],
    ["CREATE LOCAL TEMPORARY VIEW v AS SELECT 1", { kind: "temporary", name: "v" }],
    ["CREATE OR REPLACE TEMP VIEW v AS SELECT 1", { kind: "temporary", name: "v" }],
    ["CREATE TABLE pg_temp.w (a int)", { kind: "temporary", name: "w" }],
    ["SELECT * INTO TEMP TABLE w FROM t", { kind: "temporary", name: "w" }],
    ["DECLARE c SCROLL CURSOR WITH HOLD FOR SELECT 1", { kind: "cursor", name: "c" }],
    ["LOAD 'auto_explain'", { kind: "load", value: "'auto_explain'" }],
    ["DISCARD TEMP", { kind: "discard", name: "temp" }],
    ["SELECT pg_advisory_lock(1)", { kind: "advisory-lock", name: "pg_advisory_lock" }],
  ])("%s", (sql, state) => expect(describeStatement(sql).sessionState).toEqual([state]));

  test.each([
    "SET LOCAL search_path TO x",
    "SET CONSTRAINTS ALL DEFERRED",
    "SET TRANSACTION READ ONLY",
    "SELECT set_config('search_path', '', true)",
    "CREATE TEMP TABLE w (a int) ON COMMIT DROP",
    "CREATE TABLE temp (a int)",
    "DECLARE c CURSOR FOR SELECT 1",
    "PREPARE TRANSACTION 'x'",
    "UPDATE t SET role = 'admin'",
    "ALTER ROLE app SET search_path = x",
    "SELECT pg_advisory_xact_lock(1)",
    "CREATE FUNCTION f() RETURNS void LANGUAGE sql SET search_path = '' AS 'SELECT 1'",
  ])("none: %s", (sql) => expect(describeStatement(sql).sessionState).toEqual([]));

  test("several calls in one statement", () => {
    const { sessionState } = describeStatement("SELECT set_config('a.b', 'x', false), set_config('c.d', 'y', false)");
    expect(sessionState.map(({ name }) => name)).toEqual(["a.b", "c.d"]);
  });
});

describe("what is dropped", () => {
  test.each([
    [
      'DROP TABLE IF EXISTS a, S."B" CASCADE;',
      [
        { kind: "table", object: { name: "a" } },
        { kind: "table", object: { schema: "s", name: "B" } },
      ],
    ],
    ["DROP SCHEMA app CASCADE", [{ kind: "schema", object: { name: "app" } }]],
    ["DROP OWNED BY app", [{ kind: "owned", object: { name: "app" } }]],
    [
      "ALTER TABLE ONLY t DROP COLUMN IF EXISTS a, ADD CHECK (f(x, y) > 0), DROP b CASCADE, DROP CONSTRAINT c, ALTER COLUMN d DROP DEFAULT",
      [
        { kind: "column", object: { name: "t" }, column: "a" },
        { kind: "column", object: { name: "t" }, column: "b" },
      ],
    ],
    [
      "TRUNCATE ONLY a, b * RESTART IDENTITY",
      [
        { kind: "truncate", object: { name: "a" } },
        { kind: "truncate", object: { name: "b" } },
      ],
    ],
    ["DELETE FROM t", [{ kind: "delete", object: { name: "t" }, conditional: false }]],
    [
      "DELETE FROM ONLY s.t AS x USING y WHERE x.a = y.a",
      [{ kind: "delete", object: { schema: "s", name: "t" }, conditional: true }],
    ],
    [
      "WITH gone AS (DELETE FROM t RETURNING *) SELECT * FROM gone WHERE true",
      [{ kind: "delete", object: { name: "t" }, conditional: false }],
    ],
    ["DROP VIEW v", []],
    ["CREATE TABLE t (a int REFERENCES u ON DELETE CASCADE)", []],
  ])("%s", (sql, drops) => expect(describeStatement(sql).drops).toEqual(drops));
});

test("names are folded and cut as PostgreSQL does", () => {
  const long = "Ä".repeat(40);
  const named = (sql: string) => describeStatement(sql).drops[0]?.object.name;
  expect(named("DROP TABLE ÄbC")).toBe("Äbc");
  expect(named(`DROP TABLE ${long}`)).toBe("Ä".repeat(31));
  expect(named('DROP TABLE U&"d\\0061t\\+000061"')).toBe("data");
});

test("every statement of a block is described", () => {
  const facts = describeStatements("BEGIN; DROP TABLE a; -- x;\nCOMMIT;");
  expect(facts.map(({ transactionControl, drops }) => [transactionControl, drops.length])).toEqual([
    ["BEGIN", 0],
    [undefined, 1],
    ["COMMIT", 0],
  ]);
});
