/** Statements as migrations have them, with what makes splitting hard; each is valid in PostgreSQL 18. */
export const realisticSql: readonly string[] = [
  "CREATE TABLE IF NOT EXISTS accounts (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), balance numeric(12, 2) NOT NULL DEFAULT 0.00 CHECK (balance >= -1e3))",
  "INSERT INTO notes (body) VALUES ('semi;colon'), ('it''s -- no comment'), (E'it\\'s;\\n'), ('/* neither */')",
  `CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := now(); -- on each change;
  RETURN NEW;
END;
$$`,
  `CREATE OR REPLACE FUNCTION total(a int, b int) RETURNS int LANGUAGE sql
BEGIN ATOMIC
  INSERT INTO log (n) VALUES (a);
  SELECT CASE WHEN a > b THEN CASE a WHEN 1 THEN 2 END ELSE t.end END AS case FROM (SELECT 1 AS "end") AS t;
END`,
  `CREATE RULE copy_rows AS ON INSERT TO accounts DO ALSO (INSERT INTO audit VALUES (NEW.id); NOTIFY changed; SELECT 1)`,
  `DO $outer$
DECLARE q text := $inner$ SELECT 'x;' $inner$;
BEGIN
  EXECUTE format('CREATE TABLE %I (id int);', 'part_' || to_char(now(), 'YYYY_MM'));
END $outer$`,
  `COMMENT ON TABLE "weird;""name" IS U&'d\\0061t\\+000061; $$not a body$$'`,
  "SELECT /* nested /* comment; */ still; */ a->>'k', b @> '{\"a\": [1;2]}', c #>> '{x,y}', -d, e*-1, f!=g, h::text[] FROM t WHERE x ~* '^[a-z]+;$' AND y = $1",
  "UPDATE t SET s = 'one'\n  'two;'\r\n\n 'three' WHERE s = B'0101'::text OR s = X'1F'::text",
  "CREATE VIEW v AS SELECT 漢字, \"Größe\", emoji FROM 表 WHERE emoji = '🦆;' AND n BETWEEN 1 AND 10_000",
  "CREATE INDEX CONCURRENTLY IF NOT EXISTS accounts_open ON accounts USING btree (lower(name) text_pattern_ops) WHERE (closed_at IS NULL)",
  "ALTER TABLE a ADD COLUMN b int GENERATED ALWAYS AS (c * 2) STORED, ADD CONSTRAINT fk FOREIGN KEY (b) REFERENCES d (id) ON DELETE SET NULL NOT VALID",
  "SELECT 1 AS begin, 2 AS atomic, 3 AS a$b$c, arr[1:2], (row(1, 2)).f1, OPERATOR(pg_catalog.+) 4",
];
