import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseMigration } from "../../src/files/parse-migration.ts";
import { inspect, lines, parse, problemsOf, up } from "./parse.ts";
import { realisticSql } from "./realistic-sql.ts";

const env = {
  ROLE: "app",
  EMPTY: "",
  WORD: "abcdef",
  UML: "äöü",
  Größe: "9",
  QUOTED: "it's",
  BODY: "a$$b",
  LINES: "x\ny🦆\nz",
};

/** One statement in an ENVSUB section, after substitution. */
function substituted(sql: string): string | undefined {
  return parse(lines("-- +goose ENVSUB ON", "-- +goose Up", sql), env).up[0]?.sql;
}

function problem(sql: string): { message: string; line?: number; column?: number } | undefined {
  return inspect(lines("-- +goose Up", "-- +goose ENVSUB ON", sql), env).problems[0];
}

describe("forms", () => {
  test.each([
    ["$ROLE", "app"],
    ["${ROLE}_x", "app_x"],
    ["x_$ROLE", "x_app"],
    ["${EMPTY}", ""],
    ["${NONE:-d}|${NONE-d}|${EMPTY:-d}|${EMPTY-d}|${ROLE:-d}", "d|d|d||app"],
    ["${NONE:-a $ROLE ${NONE:-b} c}", "a app b c"],
    ["${NONE:-}", ""],
    ["${WORD:2}|${WORD:1:2}|${WORD: -2}|${WORD:-2}|${WORD:2:-1}|${WORD:9}", "cdef|bc|ef|abcdef|cde|"],
    ["${UML:0:2}", "ä"],
    ["${ROLE?no}|${ROLE:?no}|${EMPTY?no}", "app|app|"],
    ["$Größe", "9"],
    ["$ROLE${WORD:0:1}", "appa"],
    ["\\$ROLE \\\\$ROLE", "$ROLE \\\\app"],
  ])("%s", (form, result) => {
    expect(substituted(`SELECT "${form}";`)).toBe(`SELECT "${result}";`);
  });

  test.each([
    "$1",
    "$$ a $$",
    "$tag$ $1 $tag$",
    '$json${"a": 1}$json$',
    "$a${x,y}$a$",
    "$${ROLE} $$",
    "$$ROLE $$",
    "'$'",
    "'a$'",
    "'$ $; $( $) $-'",
    "'x' -- $NONE\n, 1",
    "/* ${NONE} ${ */ 1",
  ])("left alone: %s", (sql) => expect(substituted(`SELECT ${sql};`)).toBe(`SELECT ${sql};`));

  test("a variable that is not set is an error, unless that is allowed", () => {
    expect(problem("SELECT '$NONE';")).toMatchObject({
      line: 3,
      column: 9,
      message: "the environment variable NONE is not set",
    });
    const text = lines("-- +goose Up", "-- +goose ENVSUB ON", "SELECT '$NONE${NONE:1}';");
    const allowed = parseMigration({ name: "1_x.sql", path: "1_x.sql", text, env: {}, allowUnsetEnv: true });
    expect(allowed.up[0]?.sql).toBe("SELECT '';");
  });

  test.each([
    ["'${NONE?for $ROLE}'", "the environment variable NONE is not set: for $ROLE"],
    ["'${NONE:?}'", "the environment variable NONE is not set"],
    ["'${EMPTY:?fill it}'", "the environment variable EMPTY is empty: fill it"],
    ["'${ROLE'", "${ROLE is not closed"],
    ["'${NONE:-x\n}'", "${NONE is not closed"],
    ["'${ROLE!}'", "${ROLE is followed by something that has no meaning there"],
    ["'${}'", "after ${ the name of a variable was expected, which begins with a letter"],
    ["'$_X'", "$_X: the name of a variable begins with a letter"],
  ])("not %s", (sql, message) => expect(problem(`SELECT ${sql};`)?.message).toBe(message));

  test("names of the object prototype are no variables", () => {
    expect(problem("SELECT '$constructor';")?.message).toBe("the environment variable constructor is not set");
  });
});

describe("sections", () => {
  test("go from line to line, into blocks, literals and the Down", () => {
    const text = lines(
      "-- +goose Up",
      "SELECT '$ROLE';",
      "-- +goose StatementBegin",
      "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$",
      "-- +goose ENVSUB ON",
      "  SELECT '$ROLE';",
      "-- +goose ENVSUB OFF",
      "  SELECT '$ROLE';",
      "$$;",
      "-- +goose StatementEnd",
      "-- +goose ENVSUB ON",
      "-- +goose Down",
      "DROP FUNCTION $ROLE",
      "-- +goose ENVSUB OFF",
      "_f;",
    );
    const { up: statements, down } = parse(text, env);
    expect(statements[0]?.sql).toBe("SELECT '$ROLE';");
    expect(statements[1]?.sql).toBe(
      "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$\n  SELECT 'app';\n  SELECT '$ROLE';\n$$;",
    );
    expect(statements[1]?.text).toBe(
      "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$\n  SELECT '$ROLE';\n  SELECT '$ROLE';\n$$;",
    );
    expect(statements[1]?.substitutions).toEqual([{ name: "ROLE", value: "app" }]);
    expect(down?.map(({ sql }) => sql)).toEqual(["DROP FUNCTION app\n_f;"]);
  });

  test("an indented ENVSUB inside a body is refused, not overlooked", () => {
    const text = lines("-- +goose Up", "DO $$", "  -- +goose ENVSUB ON", "$$;");
    expect(problemsOf(text)).toEqual([
      "3:3 the annotation -- +goose ENVSUB ON does not begin at the start of its line",
    ]);
  });

  test("a variable that is not set in the Down does not stop the Up", () => {
    const { migration } = inspect(
      lines("-- +goose ENVSUB ON", "-- +goose Up", "SELECT 1;", "-- +goose Down", "DROP ROLE $NONE;"),
    );
    expect(migration).toMatchObject({ down: undefined, downProblem: { line: 5, column: 11 } });
  });

  test("goose's way to write a dollar quote works: \\$\\$", () => {
    const text = lines(
      "-- +goose Up",
      "-- +goose ENVSUB ON",
      "DO \\$\\$ BEGIN PERFORM '$ROLE'; END \\$\\$;",
      "SELECT 2;",
    );
    expect(up(text, env)).toEqual(["DO $$ BEGIN PERFORM 'app'; END $$;", "SELECT 2;"]);
  });
});

describe("values", () => {
  test("cannot leave the literal they stand in", () => {
    for (const sql of [
      "SELECT '$QUOTED';",
      "SELECT 1, '$QUOTED', 2 FROM t;",
      "SELECT $$ ${BODY} $$;",
      "DO $x$ '$QUOTED' $x$, '$QUOTED'",
    ]) {
      const found = problem(sql);
      expect(found?.message).toMatch(/^the value of (QUOTED|BODY) ends the literal it stands in$/);
      expect(JSON.stringify(found)).not.toContain("it's");
    }
    expect(up(lines("-- +goose Up", "-- +goose ENVSUB ON", "SELECT '$Q';"), { Q: "it''s; fine" })).toEqual([
      "SELECT 'it''s; fine';",
    ]);
  });

  test.each(["-- ", "1 /*", "'", "$x$", '"', "1) --"])("cannot swallow what follows them: %j", (value) => {
    const { problems } = inspect(lines("-- +goose Up", "-- +goose ENVSUB ON", "SELECT f($V);", "SELECT 2;"), {
      V: value,
    });
    expect(problems).toMatchObject([
      { line: 3, column: 10, message: expect.stringContaining("the value of V changes") as string },
    ]);
  });

  test("stand as SQL where SQL stands", () => {
    const text = lines(
      "-- +goose Up",
      "-- +goose ENVSUB ON",
      "$MORE;",
      "SELECT ${N}0, 1${N}, -$NEG;",
      "GRANT SELECT ON t TO $ROLES;",
      "$EMPTY;",
    );
    const [more, numbers, grant, ...rest] = parse(text, {
      MORE: "SELECT 1; SELECT 2",
      N: "7",
      NEG: "(-1)",
      ROLES: "a, b",
      EMPTY: "",
    }).up;
    expect(more).toMatchObject({ sql: "SELECT 1; SELECT 2;", count: 2, block: false });
    expect(numbers?.sql).toBe("SELECT 70, 17, -(-1);");
    expect(grant?.sql).toBe("GRANT SELECT ON t TO a, b;");
    expect(rest).toEqual([]);
  });

  test("end no statement of the file", () => {
    const text = lines("-- +goose Up", "-- +goose ENVSUB ON", "SELECT '$A', 2;", "SELECT 3;");
    expect(up(text, { A: "a; b" })).toEqual(["SELECT 'a; b', 2;", "SELECT 3;"]);
  });

  test("keep places right, with line ends in them", () => {
    const [statement] = parse(
      lines("-- +goose Up", "-- +goose ENVSUB ON", "SELECT '$LINES', '🦆',", "  wrong, '\\$', ${ROLE}, here;"),
      env,
    ).up;
    const sql = statement?.sql ?? "";
    const at = (part: string) => statement?.locate(Array.from(sql.slice(0, sql.indexOf(part))).length);
    expect(sql).toBe("SELECT 'x\ny🦆\nz', '🦆',\n  wrong, '$', app, here;");
    expect(at("SELECT")).toEqual({ line: 3, column: 1 });
    expect(at("z', '")).toEqual({ line: 3, column: 9 });
    expect(at("', '🦆")).toEqual({ line: 3, column: 15 });
    expect(at("wrong")).toEqual({ line: 4, column: 3 });
    expect(at("app")).toEqual({ line: 4, column: 16 });
    expect(at("here")).toEqual({ line: 4, column: 25 });
  });

  test("that are empty or come from a default are not listed as used", () => {
    const [statement] = parse(lines("-- +goose Up", "-- +goose ENVSUB ON", "SELECT '$EMPTY${NONE:-x$ROLE}';"), env).up;
    expect(statement?.substitutions).toEqual([{ name: "ROLE", value: "app" }]);
  });
});

test("without ENVSUB nothing is ever replaced", () => {
  const sql = fc.constantFrom(...realisticSql, "SELECT '$ROLE ${ROLE}', \"$$\", $1", "SELECT $ROLE$ a; $ROLE$");
  fc.assert(
    fc.property(fc.array(sql, { maxLength: 5 }), (statements) => {
      const migration = parse(lines("-- +goose Up", ...statements.map((one) => `${one};`)), env);
      expect(migration.up.map((one) => one.sql)).toEqual(statements.map((one) => `${one};`));
      for (const one of migration.up) expect([one.text, one.substitutions]).toEqual([one.sql, []]);
    }),
  );
});

test("whatever a value holds, it changes nothing around it or is refused", () => {
  const value = fc.array(fc.constantFrom("'", '"', "$$", "$x$", "--", "/*", "*/", ";", "\n", "a", "\\", "(", ")"), {
    maxLength: 6,
  });
  const sql = fc.constantFrom(
    "SELECT '$V', 1;",
    'SELECT "$V", 1;',
    "SELECT $x$ $V $x$, 1;",
    "SELECT E'$V', 1;",
    "SELECT '$V'\n'b', 1;",
  );
  fc.assert(
    fc.property(value, sql, (parts, statement) => {
      const { migration } = inspect(lines("-- +goose Up", "-- +goose ENVSUB ON", statement, "SELECT 2;"), {
        V: parts.join(""),
      });
      if (migration === undefined) return;
      expect(migration.up.map(({ count }) => count)).toEqual([1, 1]);
      expect(migration.up[1]?.sql).toBe("SELECT 2;");
    }),
    { numRuns: 1000 },
  );
});
