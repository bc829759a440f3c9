import { describe, expect, test } from "vitest";
import { tableUse } from "../../src/files/table-locks.ts";

/** `a!` for a table that is locked strongly, `b` for another one, `+c` for one that is made. */
function told(sql: string): string {
  return tableUse(sql)
    .flatMap(({ locks, creates }) => [
      ...locks.map(
        ({ object, strong }) =>
          `${object.schema === undefined ? "" : `${object.schema}.`}${object.name}${strong ? "!" : ""}`,
      ),
      ...creates.map(({ name }) => `+${name}`),
    ])
    .join(" ");
}

describe("what a statement locks and makes", () => {
  test.each([
    ["ALTER TABLE a ADD COLUMN x int", "a!"],
    ['ALTER TABLE IF EXISTS ONLY s."A b" * ADD x int, DROP y', "s.A b!"],
    ["ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (x) REFERENCES b (y)", "a! b"],
    ["ALTER TABLE a VALIDATE CONSTRAINT f", "a"],
    ["ALTER TABLE a RENAME TO b", "a! +b"],
    ["ALTER TABLE a DETACH PARTITION b CONCURRENTLY", "a"],
    ["ALTER INDEX i RENAME TO j", "i"],
    ["ALTER VIEW v SET (security_barrier)", "v"],
    ["ALTER SEQUENCE s RESTART", ""],
    ["DROP TABLE IF EXISTS a, s.b CASCADE", "a! s.b!"],
    ["DROP VIEW v", "v"],
    ["DROP INDEX CONCURRENTLY IF EXISTS i", "i"],
    ["DROP TRIGGER t ON a", "a!"],
    ["DROP POLICY p ON s.a", "s.a!"],
    ["DROP FUNCTION f(a)", ""],
    ["TRUNCATE TABLE ONLY a, b *", "a! b!"],
    ["LOCK TABLE a, b", "a! b!"],
    ["LOCK a IN SHARE ROW EXCLUSIVE MODE", "a!"],
    ["LOCK a IN ROW EXCLUSIVE MODE", "a"],
    ["CREATE UNIQUE INDEX i ON ONLY a (x)", "a!"],
    ["CREATE INDEX CONCURRENTLY i ON a (x)", "a"],
    ["CREATE OR REPLACE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()", "a!"],
    ["CREATE POLICY p ON a", "a!"],
    ["CREATE TABLE IF NOT EXISTS c (x int REFERENCES a, y int REFERENCES s.b)", "a s.b +c"],
    ["CREATE UNLOGGED TABLE c PARTITION OF a FOR VALUES IN (1)", "a! +c"],
    ["CREATE MATERIALIZED VIEW m AS SELECT * FROM a", "+m"],
    ["CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'ALTER TABLE a ADD x int'", ""],
    ["REINDEX TABLE a", "a!"],
    ["REINDEX (CONCURRENTLY) TABLE a", "a"],
    ["CLUSTER a USING i", "a!"],
    ["VACUUM FULL a", "a!"],
    ["VACUUM (ANALYZE) a", "a"],
    ["REFRESH MATERIALIZED VIEW m", "m!"],
    ["UPDATE ONLY a SET x = 1", "a"],
    ["WITH d AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM d ON CONFLICT DO UPDATE SET x = 1", "a b"],
    ["SELECT * FROM a FOR UPDATE", ""],
    ["-- a note\nALTER TABLE a ADD x int; DROP TABLE b;", "a! b!"],
    ["DO $$ BEGIN ALTER TABLE a ADD x int; END $$", ""],
    ["", ""],
  ])("%s", (sql, expected) => expect(told(sql)).toBe(expected));
});
