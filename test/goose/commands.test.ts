import { describe, expect, test } from "vitest";
import type { HistoryError } from "../../src/index.ts";
import { IrreversibleError } from "../../src/index.ts";
import { createDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";
import { migratorFor } from "../run/fixtures.ts";

const table = (n: number): readonly [string, string] => [`CREATE TABLE t${n} (id int);`, `DROP TABLE t${n};`];
const files = (...versions: number[]) => Object.fromEntries(versions.map((n) => [`${n}_t.sql`, table(n)]));
const versionsOf = ({ steps }: { steps: readonly { version: bigint }[] }) =>
  steps.map(({ version }) => Number(version));

describe.each(servers())("goose's commands on PostgreSQL $major", (server) => {
  test("up, up-by-one, up-to, down, down-to, redo, reset, version", async () => {
    await using database = await createDatabase(server);
    await using migrator = migratorFor(database.url, files(1, 2, 3, 10, 9));
    expect(versionsOf(await migrator.up({ limit: 1 }))).toEqual([1]);
    expect(versionsOf(await migrator.up({ to: 3n }))).toEqual([2, 3]);
    expect(versionsOf(await migrator.up())).toEqual([9, 10]);
    expect(versionsOf(await migrator.up())).toEqual([]);
    expect(await migrator.version()).toBe(10n);
    expect(versionsOf(await migrator.redo())).toEqual([10, 10]);
    expect(versionsOf(await migrator.down())).toEqual([10]);
    expect(versionsOf(await migrator.down({ to: 2n }))).toEqual([9, 3]);
    expect(versionsOf(await migrator.reset())).toEqual([2, 1]);
    expect(await migrator.version()).toBe(0n);
    expect(versionsOf(await migrator.down())).toEqual([]);
  });

  test("down undoes what was applied last, and down-to leaves nothing above its target", async () => {
    await using database = await createDatabase(server);
    await using first = migratorFor(database.url, files(1, 2, 5));
    await first.up();
    await using all = migratorFor(database.url, files(1, 2, 3, 4, 5), { missing: "apply" });
    expect(versionsOf(await all.up())).toEqual([3, 4]);
    expect(
      versionsOf(await all.plan({ direction: "down" }).then(({ steps }) => ({ steps: steps.map((s) => s.migration) }))),
    ).toEqual([4]);
    expect(versionsOf(await all.down({ to: 2n }))).toEqual([4, 3, 5]);
  });

  test("missing versions: an error that names all, applied, or left out", async () => {
    await using database = await createDatabase(server);
    await using first = migratorFor(database.url, files(1, 5));
    await first.up();
    await using strict = migratorFor(database.url, files(1, 2, 3, 5, 6));
    const error = (await strict.up().catch((caught: unknown) => caught)) as HistoryError;
    expect([error.code, error.versions]).toEqual(["GANDER_HISTORY_MISSING", [2n, 3n]]);
    expect(error.message).toMatch(/2_t\.sql, 3_t\.sql/);
    await using ignoring = migratorFor(database.url, files(1, 2, 3, 5, 6), { missing: "ignore" });
    expect(versionsOf(await ignoring.up())).toEqual([6]);
    await using applying = migratorFor(database.url, files(1, 2, 3, 5, 6), { missing: "apply" });
    expect(versionsOf(await applying.up())).toEqual([2, 3]);
  });

  test("unknown versions are told, or refused; changed files stop, warn, pass, or are accepted", async () => {
    await using database = await createDatabase(server);
    await using first = migratorFor(database.url, files(1, 2));
    await first.up();
    await using older = migratorFor(database.url, files(1));
    expect((await older.up()).warnings.map(({ kind }) => kind)).toEqual(["unknown"]);
    await using refusing = migratorFor(database.url, files(1), { unknownVersions: "refuse" });
    await expect(refusing.up()).rejects.toMatchObject({ code: "GANDER_HISTORY_UNKNOWN" });
    const changed = { ...files(1), "2_t.sql": ["CREATE TABLE t2 (id bigint);", "DROP TABLE t2;"] as const };
    await using strict = migratorFor(database.url, changed);
    await expect(strict.up()).rejects.toMatchObject({ code: "GANDER_HISTORY_CHANGED", versions: [2n] });
    await using warning = migratorFor(database.url, changed, { changedFiles: "warn" });
    expect((await warning.up()).warnings.map(({ kind }) => kind)).toEqual(["changed"]);
    await strict.accept(2n);
    expect(versionsOf(await strict.up())).toEqual([]);
  });

  test("an empty Down, none, and an irreversible one stop a rollback before anything is undone", async () => {
    await using database = await createDatabase(server);
    await using migrator = migratorFor(database.url, {
      "1_a.sql": table(1),
      "2_b.sql": "-- +gander irreversible: the rows are gone\n-- +goose Up\nCREATE TABLE b (id int);",
      "3_c.sql": "CREATE TABLE c (id int);",
    });
    await migrator.up();
    await expect(migrator.down()).rejects.toThrow(IrreversibleError);
    expect(versionsOf(await migrator.down({ allowEmptyDown: true }))).toEqual([3]);
    expect(await database.query("SELECT note FROM schema_migrations_log WHERE event = 'rolled back'")).toEqual([
      { note: "nothing was undone: the Down is empty" },
    ]);
    await expect(migrator.down({ to: 0n })).rejects.toThrow(/irreversible: the rows are gone/);
    expect(await migrator.version()).toBe(2n);
  });

  test("it asks where rows would go, and says how many", async () => {
    await using database = await createDatabase(server);
    await using migrator = migratorFor(database.url, files(1, 2));
    await migrator.up();
    await database.query("INSERT INTO t2 SELECT generate_series(1, 1000)");
    const asked: (readonly string[])[] = [];
    const confirm = async ({ reasons }: { reasons: readonly string[] }) => asked.push(reasons) > 1;
    await expect(migrator.down({ confirm })).rejects.toMatchObject({ code: "GANDER_CONFIRMATION" });
    expect(asked[0]?.[0]).toMatch(/table t2 goes, with 1,000 rows/);
    expect(versionsOf(await migrator.down({ confirm }))).toEqual([2]);
    expect(versionsOf(await migrator.down({ confirm: async () => false }))).toEqual([1]);
  });

  test("one run is one session, and the history is found whatever the files set", async () => {
    await using database = await createDatabase(server);
    await using migrator = migratorFor(database.url, {
      "1_a.sql": "CREATE SCHEMA evm;\nSET search_path TO evm, public;",
      "2_b.sql": "CREATE TABLE in_evm (id int);",
      "3_c.sql": "SELECT pg_catalog.set_config('search_path', '', false);\nSET client_min_messages = error;",
      "4_d.sql": "CREATE TABLE public.d (id int);",
    });
    expect(versionsOf(await migrator.up())).toEqual([1, 2, 3, 4]);
    expect(await database.query("SELECT to_regclass('evm.in_evm') IS NOT NULL AS there")).toEqual([{ there: true }]);
    expect(migrator.events.filter(({ type }) => type === "step-done")).toHaveLength(4);
  });

  test("nothing in a user's schema stands in for what gander calls", async () => {
    await using database = await createDatabase(server);
    await database.query(`CREATE SCHEMA evil;
      CREATE FUNCTION evil.count(bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 99::bigint';
      CREATE FUNCTION evil.concat(text, text) RETURNS text LANGUAGE sql AS 'SELECT ''evil''';
      CREATE FUNCTION evil.no(bigint, integer) RETURNS boolean LANGUAGE sql AS 'SELECT false';
      CREATE OPERATOR evil.= (LEFTARG = bigint, RIGHTARG = integer, FUNCTION = evil.no);
      CREATE FUNCTION evil.max(bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 7::bigint'`);
    await database.query(`ALTER DATABASE "${database.name}" SET search_path = public, evil, pg_catalog`);
    await using migrator = migratorFor(database.url, files(1, 2));
    expect(versionsOf(await migrator.up())).toEqual([1, 2]);
    expect(versionsOf(await migrator.up())).toEqual([]);
    expect(versionsOf(await migrator.reset())).toEqual([2, 1]);
  });

  test("a body that becomes another role is recorded by ours", async () => {
    await using database = await createDatabase(server);
    const role = `other_${database.name}`;
    await database.query(`CREATE ROLE "${role}"`);
    try {
      await using migrator = migratorFor(database.url, { "1_a.sql": `SET ROLE "${role}";` });
      expect(versionsOf(await migrator.up())).toEqual([1]);
    } finally {
      await database.query(`DROP ROLE "${role}"`);
    }
  });

  test("migrations run as the role that is named; one that is not there is told", async () => {
    await using database = await createDatabase(server);
    const role = `owner_${database.name}`;
    await database.query(`CREATE ROLE "${role}"`);
    await database.query(`GRANT CREATE ON SCHEMA public TO "${role}"`);
    try {
      await using migrator = migratorFor(database.url, files(1), { role });
      expect(versionsOf(await migrator.up())).toEqual([1]);
      expect(
        await database.query("SELECT DISTINCT tableowner AS o FROM pg_tables WHERE schemaname = 'public'"),
      ).toEqual([{ o: role }]);
      await using wrong = migratorFor(database.url, files(1), { role: "nobody_here" });
      await expect(wrong.up()).rejects.toMatchObject({ code: "GANDER_CONFIG" });
    } finally {
      await database.query(`DROP OWNED BY "${role}"`);
      await database.query(`DROP ROLE "${role}"`);
    }
  });

  test.each([
    ["golang-migrate", "version bigint PRIMARY KEY, dirty boolean NOT NULL"],
    ["Rails or dbmate", "version varchar PRIMARY KEY"],
    ["Ecto", "version bigint PRIMARY KEY, inserted_at timestamp"],
  ])("a table of %s is left alone", async (tool, columns) => {
    await using database = await createDatabase(server);
    await database.query(`CREATE TABLE schema_migrations (${columns})`);
    await using migrator = migratorFor(database.url, files(1));
    const error = (await migrator.up().catch((caught: unknown) => caught)) as HistoryError;
    expect(error.code).toBe("GANDER_HISTORY_FOREIGN");
    expect(`${error.message} ${error.hint}`).toMatch(new RegExp(`${tool}.*--table`, "s"));
    await using named = migratorFor(database.url, files(1), { table: "gander_migrations" });
    expect(versionsOf(await named.up())).toEqual([1]);
    expect(await database.query("SELECT count(*)::int AS n FROM schema_migrations")).toEqual([{ n: 0 }]);
  });

  test("a history in another schema is found and named", async () => {
    await using database = await createDatabase(server);
    await using first = migratorFor(database.url, files(1));
    await first.up();
    await database.query(`CREATE SCHEMA app`);
    await database.query(`ALTER DATABASE "${database.name}" SET search_path = app, public`);
    await expect(first.up()).rejects.toMatchObject({ code: "GANDER_HISTORY_ELSEWHERE" });
    await using named = migratorFor(database.url, files(1), { table: "public.schema_migrations" });
    expect(versionsOf(await named.up())).toEqual([]);
  });

  test("CONCURRENTLY in a transaction is named before anything runs", async () => {
    await using database = await createDatabase(server);
    await using migrator = migratorFor(database.url, {
      "1_a.sql": "CREATE TABLE a (id int);",
      "2_b.sql": "CREATE INDEX CONCURRENTLY a_id ON a (id);",
    });
    await expect(migrator.up()).rejects.toMatchObject({ code: "GANDER_FILE" });
    expect(await database.query("SELECT to_regclass('a') AS a")).toEqual([{ a: null }]);
  });
});
