import { afterAll, expect, test } from "vitest";
import { migratorFor } from "../run/fixtures.ts";
import { createPGlite } from "../support/create-pglite.ts";

const database = await createPGlite();
afterAll(() => database.close());

/** Each test has tables and a history of its own in the one database. */
const filesOf = (name: string, ...versions: number[]) =>
  Object.fromEntries(
    versions.map((n) => [`${n}_t.sql`, [`CREATE TABLE ${name}${n} (id int);`, `DROP TABLE ${name}${n};`] as const]),
  );
const versionsOf = ({ steps }: { steps: readonly { version: bigint }[] }) =>
  steps.map(({ version }) => Number(version));

test("goose's commands on PGlite: up, up-by-one, up-to, redo, down, down-to, reset, version, status", async () => {
  await using migrator = migratorFor(database, filesOf("a", 1, 2, 3, 10, 9), { table: "history_a" });
  expect(versionsOf(await migrator.up({ limit: 1 }))).toEqual([1]);
  expect(versionsOf(await migrator.up({ to: 3n }))).toEqual([2, 3]);
  expect(versionsOf(await migrator.up())).toEqual([9, 10]);
  expect(await migrator.version()).toBe(10n);
  expect(versionsOf(await migrator.redo())).toEqual([10, 10]);
  expect(versionsOf(await migrator.down())).toEqual([10]);
  expect(versionsOf(await migrator.down({ to: 2n }))).toEqual([9, 3]);
  expect((await migrator.status()).versions.map(({ state }) => state)).toEqual([
    "applied",
    "applied",
    "pending",
    "pending",
    "pending",
  ]);
  expect(versionsOf(await migrator.reset())).toEqual([2, 1]);
  expect(await migrator.version()).toBe(0n);
});

test("missing, unknown and changed versions on PGlite", async () => {
  const table = "history_b";
  await using first = migratorFor(database, filesOf("b", 1, 5), { table });
  await first.up();
  const late = filesOf("b", 1, 2, 5);
  await using strict = migratorFor(database, late, { table });
  await expect(strict.up()).rejects.toMatchObject({ code: "GANDER_HISTORY_MISSING", versions: [2n] });
  await using ignoring = migratorFor(database, late, { table, missing: "ignore" });
  expect(versionsOf(await ignoring.up())).toEqual([]);
  await using applying = migratorFor(database, late, { table, missing: "apply" });
  expect(versionsOf(await applying.up())).toEqual([2]);
  expect((await first.up()).warnings.map(({ kind, version }) => [kind, version])).toEqual([["unknown", 2n]]);
  await using refusing = migratorFor(database, filesOf("b", 1, 5), { table, unknownVersions: "refuse" });
  await expect(refusing.up()).rejects.toMatchObject({ code: "GANDER_HISTORY_UNKNOWN" });
  await using changed = migratorFor(database, { ...late, "5_t.sql": "CREATE TABLE b5 (id bigint);" }, { table });
  await expect(changed.up()).rejects.toMatchObject({ code: "GANDER_HISTORY_CHANGED", versions: [5n] });
  await changed.accept(5n);
  expect(versionsOf(await changed.up())).toEqual([]);
});

test("an empty Down and an irreversible one on PGlite", async () => {
  await using migrator = migratorFor(
    database,
    {
      "1_a.sql": "-- +gander irreversible: the rows are gone\n-- +goose Up\nCREATE TABLE c1 (id int);",
      "2_b.sql": "CREATE TABLE c2 (id int);",
    },
    { table: "history_c" },
  );
  await migrator.up();
  await expect(migrator.down()).rejects.toMatchObject({ code: "GANDER_IRREVERSIBLE" });
  expect(versionsOf(await migrator.down({ allowEmptyDown: true }))).toEqual([2]);
  await expect(migrator.down()).rejects.toThrow(/the rows are gone/);
});
