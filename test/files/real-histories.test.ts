import { describe, expect, test } from "vitest";
import type { Migration } from "../../src/files/migration.ts";
import { describeStatements } from "../../src/files/statement-kind.ts";
import { lines, parse } from "./parse.ts";

/** Statements with where they begin. */
function placed(statements: Migration["up"] | undefined): readonly string[] | undefined {
  return statements?.map(({ sql, place }) => `${place.line}:${place.column} ${sql}`);
}

describe("files as real histories have them", () => {
  test("a search path for all that comes later", () => {
    const { up, down } = parse("-- +goose Up\nSET search_path TO public,evm;\n\n-- +goose Down\n");
    expect(placed(up)).toEqual(["2:1 SET search_path TO public,evm;"]);
    expect(down).toEqual([]);
    expect(describeStatements(up[0]?.sql ?? "")[0]?.sessionState).toEqual([
      { kind: "set", name: "search_path", value: "public,evm" },
    ]);
  });

  test("BEGIN and COMMIT inside a block", () => {
    const text = lines(
      "-- +goose Up",
      "-- +goose StatementBegin",
      "BEGIN;",
      "ALTER TABLE jobs ADD COLUMN state text;",
      "UPDATE jobs SET state = 'done';",
      "COMMIT;",
      "-- +goose StatementEnd",
      "",
      "-- +goose Down",
      "-- +goose StatementBegin",
      "-- +goose StatementEnd",
    );
    const { up, down } = parse(text);
    expect(up.map(({ count, block }) => [count, block])).toEqual([[4, true]]);
    expect(up[0]?.locateStatement(3)).toEqual({ line: 6, column: 1 });
    expect(down).toEqual([]);
  });

  test("NO TRANSACTION in small letters, under Down, without a blank, with blanks at the end", () => {
    const text =
      "--+goose Up  \nCREATE INDEX CONCURRENTLY idx_a ON a (b);\n--+goose Down\t\n--+goose no transaction \nDROP INDEX CONCURRENTLY idx_a;";
    const migration = parse(text);
    expect(migration.transaction).toBe(false);
    expect(placed(migration.up)).toEqual(["2:1 CREATE INDEX CONCURRENTLY idx_a ON a (b);"]);
    expect(placed(migration.down)).toEqual(["5:1 DROP INDEX CONCURRENTLY idx_a;"]);
  });

  test("a trigger function without markers, whose inner lines do not end in semicolons", () => {
    const text = lines(
      "-- +goose Up",
      "CREATE FUNCTION set_updated_at() RETURNS TRIGGER AS $$",
      "BEGIN NEW.updated_at = now(); RETURN NEW; END",
      "$$ LANGUAGE plpgsql;",
      "CREATE TRIGGER t_set BEFORE UPDATE ON t",
      "    FOR EACH ROW EXECUTE FUNCTION set_updated_at();",
    );
    expect(parse(text).up.map(({ place }) => place.line)).toEqual([2, 5]);
  });

  test("a Down without its semicolon, and one that PostgreSQL will refuse", () => {
    expect(placed(parse("-- +goose Up\nCREATE TABLE x ();\n-- +goose Down\nDROP TABLE x").down)).toEqual([
      "4:1 DROP TABLE x",
    ]);
    const wrong = "ALTER TABLE a DROP COLUMN b\nALTER TABLE a DROP COLUMN c;";
    expect(placed(parse(`-- +goose Up\nSELECT 1;\n-- +goose Down\n${wrong}`).down)).toEqual([`4:1 ${wrong}`]);
  });

  test("mixed line ends, other scripts, no line end at the end", () => {
    const text =
      '\ufeff-- +goose Up\r\n-- 用户表\r\nCREATE TABLE "用户" (\r\n  名 text, -- 名字;\n  "Größe" int\r\n);\nCOMMENT ON TABLE "用户" IS \'𠮷野家; 🦆\'; SELECT 1\r\n-- +goose Down\r\nDROP TABLE "用户"';
    const { up, down } = parse(text);
    expect(placed(up)).toEqual([
      '3:1 CREATE TABLE "用户" (\r\n  名 text, -- 名字;\n  "Größe" int\r\n);',
      "7:1 COMMENT ON TABLE \"用户\" IS '𠮷野家; 🦆';",
      "7:36 SELECT 1",
    ]);
    expect(placed(down)).toEqual(['9:1 DROP TABLE "用户"']);
  });

  test("what pg_dump writes, without its commands for psql", () => {
    const text = lines(
      "-- +goose Up",
      "SELECT pg_catalog.set_config('search_path', '', false);",
      "SET check_function_bodies = false;",
      "--",
      "-- Name: f(); Type: FUNCTION; Schema: public; Owner: -",
      "--",
      "",
      "CREATE FUNCTION public.f(x integer) RETURNS integer",
      "    LANGUAGE sql",
      "    BEGIN ATOMIC",
      " INSERT INTO public.log (n)",
      "   VALUES (f.x);",
      " SELECT",
      "         CASE",
      "             WHEN (f.x > 0) THEN 1",
      "             ELSE 0",
      '         END AS "case";',
      "END;",
      "",
      "CREATE RULE r AS",
      "    ON DELETE TO public.v DO INSTEAD ( DELETE FROM public.a",
      "  WHERE (a.id = old.id);",
      " DELETE FROM public.b",
      "  WHERE (b.id = old.id);",
      ");",
    );
    expect(parse(text).up.map(({ place, sql }) => [place.line, sql.split("\n").length])).toEqual([
      [2, 1],
      [3, 1],
      [8, 11],
      [20, 6],
    ]);
  });

  test("many statements: half a megabyte of rows", () => {
    const row = (n: number) =>
      `INSERT INTO titles (id, title) VALUES (${n}, 'Dragon''s "Tale"; part ${n} — 第${n}話');`;
    const rows = Array.from({ length: 2540 }, (_, n) => row(n));
    const { up } = parse(lines("-- +goose Up", ...rows.map((sql) => `${sql} -- row`)));
    expect(up.map(({ sql }) => sql)).toEqual(rows);
    expect(up.at(-1)?.place).toEqual({ line: 2541, column: 1 });
  });

  test("a password from the environment, in a body that another tool may not have", () => {
    const text = lines(
      "-- +goose Up",
      "-- +goose ENVSUB ON",
      "-- +goose StatementBegin",
      "DO $do$ BEGIN",
      "  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${APP_ROLE:-app}') THEN",
      "    CREATE ROLE ${APP_ROLE:-app} LOGIN PASSWORD '${APP_PASSWORD}';",
      "  END IF;",
      "END $do$;",
      "-- +goose StatementEnd",
      "-- +goose ENVSUB OFF",
    );
    const [block] = parse(text, { APP_PASSWORD: "s3cret" }).up;
    expect(block?.sql).toContain("CREATE ROLE app LOGIN PASSWORD 's3cret';");
    expect(block?.text).not.toContain("s3cret");
    expect(block).toMatchObject({ count: 1, substitutions: [{ name: "APP_PASSWORD", value: "s3cret" }] });
  });
});
