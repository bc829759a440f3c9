import type { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LogVerification, Migrator, MigratorOptions } from "../../src/index.ts";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import { createPGlite } from "../support/create-pglite.ts";
import { servers } from "../support/server-list.ts";
import { migratorFor } from "../run/fixtures.ts";

const FILES = {
  "1_a.sql": ["CREATE TABLE a (x int);", "DROP TABLE a;"],
  "2_b.sql": ["CREATE TABLE b (x int);", "DROP TABLE b;"],
  "3_c.sql": ["CREATE TABLE c (x int);", "DROP TABLE c;"],
} as const;
const LOG = "public.schema_migrations_log";

/** Nine events: 1 to 3 applied, 4 failed, 3 rolled back, 2 accepted, 3 applied, 3 rolled back, 3 applied. */
async function makeHistory(database: MigratorOptions["database"]): Promise<string> {
  await using migrator = migratorFor(database, FILES);
  await migrator.up();
  await using failing = migratorFor(database, { ...FILES, "4_d.sql": "SELECT 1/0; -- é ünd 😀" });
  await expect(failing.up()).rejects.toMatchObject({ code: "GANDER_MIGRATION_FAILED" });
  await migrator.down();
  await using changed = migratorFor(database, {
    ...FILES,
    "2_b.sql": ["CREATE TABLE b (x int, y int);", "DROP TABLE b;"],
  });
  await changed.accept(2n);
  await changed.up();
  const { logHead } = await changed.redo();
  return logHead ?? "";
}

type Found = readonly (readonly [kind: string, id: number])[];

function found({ findings }: LogVerification): Found {
  return findings.map(({ kind, id }) => [kind, Number(id)]);
}

const set = (change: string, id = 5): string => `UPDATE ${LOG} SET ${change} WHERE id = ${id}`;
const copied =
  'version_id, name, "timestamp", direction, duration_ms, statements, checksum, error, note, database_user, application_name, runner_host, runner_pid, backend_pid, gander_version, run_id, deployment, layout';
const swapIds = (a: number, b: number): string =>
  `${set("id = -1", a)}; ${set(`id = ${a}`, b)}; ${set(`id = ${b}`, -1)}`;

/** What somebody with the owner's rights does to the log, and what is found. */
const tamperings: readonly (readonly [what: string, sql: string, findings: Found])[] = [
  ["the event", set("event = 'applied'"), [["edited", 5]]],
  ["the version", set("version_id = 30"), [["edited", 5]]],
  ["no version", set("version_id = NULL"), [["edited", 5]]],
  ["the name", set("name = '3_C.sql'"), [["edited", 5]]],
  ["the time, by a microsecond", set(`"timestamp" = "timestamp" + interval '1 microsecond'`), [["edited", 5]]],
  ["the time, by two eras", set(`"timestamp" = ("timestamp" - interval '4051 years')`), [["edited", 5]]],
  ["an endless time", set(`"timestamp" = 'infinity'`), [["edited", 5]]],
  ["the direction", set("direction = 'up'"), [["edited", 5]]],
  ["the duration", set("duration_ms = duration_ms + 1"), [["edited", 5]]],
  ["the statements", set("statements = NULL"), [["edited", 5]]],
  ["the checksum", set("checksum = reverse(checksum)"), [["edited", 5]]],
  ["an error that is not there", set("error = '{}'"), [["edited", 5]]],
  ["an error's text", set(`error = jsonb_set(error, '{message}', '"all is well"')`, 4), [["edited", 4]]],
  ["a null in an error", set(`error = error || '{"hint": null}'`, 4), [["edited", 4]]],
  ["the error taken away", set("error = NULL", 4), [["edited", 4]]],
  ["an empty note", set("note = ''"), [["edited", 5]]],
  ["the user", set("database_user = 'nobody'"), [["edited", 5]]],
  ["the application", set("application_name = NULL"), [["edited", 5]]],
  ["the host", set("runner_host = runner_host || ' '"), [["edited", 5]]],
  ["the process", set("runner_pid = runner_pid + 1"), [["edited", 5]]],
  ["the backend", set("backend_pid = NULL"), [["edited", 5]]],
  ["gander's version", set("gander_version = '9'"), [["edited", 5]]],
  ["the run", set("run_id = reverse(run_id)"), [["edited", 5]]],
  ["the deployment", set("deployment = 'commit 1'"), [["edited", 5]]],
  ["the layout", set("layout = 1"), [["edited", 5]]],
  ["the previous hash", set("previous_hash = reverse(previous_hash)"), [["edited", 5]]],
  ["the hash", set("hash = reverse(hash)"), [["edited", 5]]],
  ["no hash", set("hash = NULL"), [["edited", 5]]],
  ["made to look like an old one", set("layout = 1, hash = NULL, previous_hash = NULL", 1), [["edited", 1]]],
  [
    "all of them made to look like old ones but the last",
    `UPDATE ${LOG} SET layout = 1, hash = NULL WHERE id < 9`,
    [["edited", 8]],
  ],
  [
    "the id",
    set("id = 50", 9),
    [
      ["removed", 9],
      ["edited", 50],
    ],
  ],
  [
    "two columns exchanged between rows",
    `UPDATE ${LOG} l SET runner_pid = o.runner_pid + 1 FROM ${LOG} o WHERE l.id IN (5, 6) AND o.id = 11 - l.id`,
    [
      ["edited", 5],
      ["edited", 6],
    ],
  ],
  [
    "the first one removed",
    `DELETE FROM ${LOG} WHERE id = 1`,
    [
      ["removed", 1],
      ["unlogged", 0],
    ],
  ],
  ["one removed", `DELETE FROM ${LOG} WHERE id = 5`, [["removed", 5]]],
  ["some removed", `DELETE FROM ${LOG} WHERE id BETWEEN 4 AND 6`, [["removed", 4]]],
  [
    "two removed in two places",
    `DELETE FROM ${LOG} WHERE id IN (4, 6)`,
    [
      ["removed", 4],
      ["removed", 6],
    ],
  ],
  [
    "two swapped",
    swapIds(5, 6),
    [
      ["moved", 5],
      ["moved", 6],
    ],
  ],
  [
    "two swapped far apart",
    swapIds(4, 8),
    [
      ["moved", 4],
      ["moved", 8],
    ],
  ],
  [
    "one put in at the end, without a hash",
    `INSERT INTO ${LOG} (id, event, ${copied}) SELECT 10, 'repaired', ${copied} FROM ${LOG} WHERE id = 9`,
    [["inserted", 10]],
  ],
  [
    "one put in at the end, with another's hash",
    `INSERT INTO ${LOG} (id, event, hash, previous_hash, ${copied}) SELECT 10, 'repaired', hash, previous_hash, ${copied} FROM ${LOG} WHERE id = 9`,
    [["moved", 10]],
  ],
  [
    "one put in before the first",
    `INSERT INTO ${LOG} (id, event, ${copied}) SELECT 0, 'repaired', ${copied} FROM ${LOG} WHERE id = 9`,
    [["inserted", 0]],
  ],
  ["one put in place of another", `${set("event = 'repaired', hash = NULL, previous_hash = NULL")}`, [["edited", 5]]],
  ["the newest ones removed", `DELETE FROM ${LOG} WHERE id > 7`, [["head-gone", 8]]],
  [
    "the newest one removed",
    `DELETE FROM ${LOG} WHERE id = 9`,
    [
      ["head-gone", 9],
      ["unlogged", 8],
    ],
  ],
  [
    "all removed",
    `TRUNCATE ${LOG}`,
    [
      ["head-gone", 1],
      ["unlogged", 0],
      ["unlogged", 0],
      ["unlogged", 0],
    ],
  ],
  ["nothing", "SELECT 1", []],
];

interface Tampered {
  readonly query: (sql: string) => Promise<unknown>;
  readonly migrator: Migrator;
  readonly head: string;
}

async function tamper({ query, migrator, head }: Tampered, sql: string): Promise<LogVerification> {
  await query(
    `BEGIN; CREATE TABLE kept AS SELECT * FROM ${LOG}; ALTER TABLE ${LOG} DISABLE TRIGGER USER; ${sql}; COMMIT`,
  );
  try {
    return await migrator.verifyLog({ head });
  } finally {
    await query(`BEGIN; TRUNCATE ${LOG}; INSERT INTO ${LOG} SELECT * FROM kept; DROP TABLE kept;
      ALTER TABLE ${LOG} ENABLE TRIGGER USER; COMMIT`);
  }
}

/** Edits a row, and gives it the hash that it would have. */
async function forge(tampered: Tampered): Promise<LogVerification> {
  const hashed = `encode(sha256(convert_to(jsonb_strip_nulls((to_jsonb(l) - 'hash') || jsonb_build_object('timestamp',
    to_char("timestamp" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z" BC'), 'error', error::text))::text, 'UTF8')), 'hex')`;
  return await tamper(
    tampered,
    `${set("database_user = 'nobody'")}; UPDATE ${LOG} l SET hash = ${hashed} WHERE id = 5`,
  );
}

describe.each(servers())("a log on PostgreSQL $major that somebody has touched", (server) => {
  let database: TestDatabase;
  let tampered: Tampered;
  beforeAll(async () => {
    database = await createDatabase(server);
    const head = await makeHistory(database.url);
    tampered = { query: database.query, migrator: migratorFor(database.url, FILES), head };
  });
  afterAll(async () => {
    await tampered.migrator.close();
    await database.drop();
  });

  test.each(tamperings)("is found out: %s", async (_, sql, findings) => {
    expect(found(await tamper(tampered, sql))).toEqual(findings);
  });

  test("is found out where its hash was made to fit: the one after it followed another", async () => {
    expect(found(await forge(tampered))).toEqual([["replaced", 5]]);
  });

  test("names what it finds", async () => {
    const { findings, events, head } = await tamper(tampered, set("note = 'by me'", 4));
    expect(findings).toMatchObject([
      { kind: "edited", id: 4n, entry: { event: "failed", version: 4n, name: "4_d.sql", note: "by me" } },
    ]);
    expect(findings[0]?.entry?.timestamp.getTime()).toBeGreaterThan(0);
    expect([events, head]).toEqual([9, tampered.head]);
  });
});

describe("a log on PGlite that somebody has touched", () => {
  let database: PGlite;
  let tampered: Tampered;
  beforeAll(async () => {
    database = await createPGlite();
    const head = await makeHistory(database);
    tampered = { query: (sql) => database.exec(sql), migrator: migratorFor(database, FILES), head };
  });
  afterAll(async () => {
    await tampered.migrator.close();
    await database.close();
  });

  test.each(tamperings)("is found out: %s", async (_, sql, findings) => {
    expect(found(await tamper(tampered, sql))).toEqual(findings);
  });

  test("is found out where its hash was made to fit", async () => {
    expect(found(await forge(tampered))).toEqual([["replaced", 5]]);
  });
});
