import { describe, expect, test } from "vitest";
import type { RepairPlan } from "../../src/index.ts";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";
import { migratorFor } from "./fixtures.ts";

/** What stops a migration before anything of it ran, so that the test decides what of the rest is there. */
const STOP = "CREATE INDEX CONCURRENTLY stop_here ON nothing_of_that_name (x);";

/** What `repair` says of statements, with this in the database: the objects of each, in words. */
async function look(database: TestDatabase, there: string, statements: readonly string[]): Promise<RepairPlan> {
  const text = `-- +goose NO TRANSACTION\n-- +goose Up\n${[STOP, ...statements].join("\n")}\n`;
  await using migrator = migratorFor(database.url, { "1_a.sql": text });
  await migrator.up().catch(() => undefined);
  await database.query(there);
  let plan: RepairPlan | undefined;
  const confirm = (question: RepairPlan) => {
    plan = question;
    return Promise.resolve(false);
  };
  await migrator.repair({ confirm }).catch(() => undefined);
  return plan!;
}

function states({ statements }: RepairPlan): readonly string[] {
  return statements.slice(1).map(({ objects }) => objects.map(({ name, state }) => `${name} ${state}`).join(", "));
}

const EVERYTHING = [
  ["CREATE TABLE t (a int, b int);", "t"],
  ["CREATE VIEW v AS SELECT 1 AS x;", "v"],
  ["CREATE MATERIALIZED VIEW m AS SELECT 1 AS x;", "m"],
  ["CREATE SEQUENCE s;", "s"],
  ["CREATE TYPE mood AS ENUM ('sad', 'it''s');", "mood"],
  ["CREATE TYPE pair AS (x int, y int);", "pair"],
  ["CREATE DOMAIN d AS int CONSTRAINT d_k CHECK (VALUE > 0);", "d"],
  ["CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;", "f"],
  ["CREATE PROCEDURE p() LANGUAGE sql AS $$ SELECT 1 $$;", "p"],
  ["CREATE AGGREGATE total (int) (SFUNC = int4pl, STYPE = int);", "total"],
  ["CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();", "g"],
  ["CREATE POLICY own ON t USING (true);", "own"],
  ["CREATE RULE r AS ON DELETE TO t DO ALSO NOTHING;", "r"],
  ["CREATE SCHEMA app;", "app"],
  ["CREATE STATISTICS st ON a, b FROM t;", "st"],
  ["CREATE COLLATION co (locale = 'C');", "co"],
  ["CREATE PUBLICATION pub;", "pub"],
  ["CREATE EVENT TRIGGER et ON ddl_command_end EXECUTE FUNCTION ef();", "et"],
  ["CREATE FOREIGN DATA WRAPPER w;", ""],
  ["CREATE SERVER srv FOREIGN DATA WRAPPER w;", "srv"],
  ["CREATE FOREIGN TABLE ft (a int) SERVER srv;", "ft"],
] as const;

const PREPARED = "CREATE FUNCTION ef() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;";

describe.each(servers())("what repair finds in the catalog, on PostgreSQL $major", (server) => {
  test("objects of every kind, there or not", async () => {
    const statements = EVERYTHING.map(([sql]) => sql);
    await using empty = await createDatabase(server);
    expect(states(await look(empty, "", statements))).toEqual(EVERYTHING.map(([, name]) => name && `${name} missing`));
    await using full = await createDatabase(server);
    const found = await look(full, `${PREPARED}\n${statements.join("\n")}`, statements);
    expect(states(found)).toEqual(EVERYTHING.map(([, name]) => name && `${name} present`));
  });

  test("columns, constraints, values of enums, extensions, and what is renamed or moved", async () => {
    await using database = await createDatabase(server);
    const there = `CREATE SCHEMA app; CREATE SCHEMA other; CREATE TABLE app.t (a int, "B b" int, old int);
      ALTER TABLE app.t ADD CONSTRAINT k CHECK (a > 0) NOT VALID, ADD CONSTRAINT u UNIQUE (a);
      CREATE TYPE mood AS ENUM ('sad', 'it''s'); CREATE DOMAIN d AS int CONSTRAINT d_k CHECK (VALUE > 0);
      CREATE TABLE other.moved (); CREATE EXTENSION IF NOT EXISTS plpgsql;`;
    const found = await look(database, there, [
      'ALTER TABLE app.t ADD COLUMN a int, ADD "B b" int, ADD c int, DROP old;',
      "ALTER TABLE app.t VALIDATE CONSTRAINT k, VALIDATE CONSTRAINT u, ADD CONSTRAINT l CHECK (true);",
      "ALTER TYPE mood ADD VALUE 'it''s';",
      "ALTER TYPE mood ADD VALUE 'glad';",
      "ALTER DOMAIN d ADD CONSTRAINT d_k CHECK (VALUE > 0);",
      "ALTER TABLE app.t RENAME COLUMN old TO a;",
      "ALTER TABLE moved SET SCHEMA other;",
      "CREATE EXTENSION plpgsql;",
      "CREATE EXTENSION hstore;",
      "DROP TABLE IF EXISTS app.t, app.gone;",
      "INSERT INTO app.t VALUES (1);",
    ]);
    expect(states(found)).toEqual([
      "a present, B b present, c missing, old present",
      "k not-validated, u valid, l missing",
      "it's present",
      "glad missing",
      "d_k valid",
      "old present, a present",
      "moved missing, other.moved present",
      "plpgsql present",
      "hstore missing",
      "app.t present, app.gone missing",
      "",
    ]);
    expect(found.statements.map(({ progress }) => progress).slice(0, 2)).toEqual(["failed", "not-run"]);
    expect(found.statements[1]?.line).toBe(4);
  });

  test("an index that is whole, INVALID, missing, another one, or waits for partitions", async () => {
    await using database = await createDatabase(server);
    const there = `CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, 1), (1, 1); CREATE INDEX whole ON t (a);
      CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
      CREATE INDEX waits ON ONLY p (a);`;
    await database.query(there);
    await database.query("CREATE UNIQUE INDEX CONCURRENTLY half ON t (b)").catch(() => undefined);
    await database.query("CREATE UNIQUE INDEX CONCURRENTLY ON t (a, b)").catch(() => undefined);
    const found = await look(database, "", [
      "CREATE INDEX CONCURRENTLY whole ON t (a);",
      "CREATE INDEX CONCURRENTLY whole ON t (b);",
      "CREATE UNIQUE INDEX CONCURRENTLY whole ON t (a);",
      "CREATE UNIQUE INDEX half ON t (b);",
      "CREATE INDEX gone ON t (a);",
      "CREATE INDEX waits ON ONLY p (a);",
      "CREATE UNIQUE INDEX CONCURRENTLY ON t (a, b);",
      "DROP INDEX half;",
    ]);
    expect(states(found)).toEqual([
      "whole valid",
      "whole different",
      "whole different",
      "half invalid",
      "gone missing",
      "waits incomplete",
      "t_a_b_idx invalid",
      "half invalid",
    ]);
    expect(found.cleanup).toEqual(["DROP INDEX CONCURRENTLY public.half", "DROP INDEX CONCURRENTLY public.t_a_b_idx"]);
  });

  test("names are looked up where the statements before have set the search_path to", async () => {
    await using database = await createDatabase(server);
    const text = `-- +goose NO TRANSACTION
-- +goose Up
SET search_path = app, public;
CREATE TABLE t (a int);
${STOP}
CREATE TABLE u ();
DROP TABLE w;`;
    await database.query("CREATE SCHEMA app; CREATE TABLE public.u (); CREATE TABLE public.w ()");
    await using migrator = migratorFor(database.url, { "1_a.sql": text });
    await migrator.up().catch(() => undefined);
    const plan = await migrator.repair();
    expect(states(plan)).toEqual(["t present", "stop_here missing", "u missing", "w present"]);
  });
});
