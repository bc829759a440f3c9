import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LAYOUT } from "../../src/history/layout.ts";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";
import { makeLayout1 } from "../run/layouts.ts";
import { hasPgbouncer, type Pooler, startPooler } from "./pgbouncer.ts";
import { buildLibrary, startServer, writeMigrations } from "./run-server.ts";

const NEXT = LAYOUT + 1;
const PROCESSES = 10;
const POOL_SIZE = 6;

let older: ReturnType<typeof buildLibrary>;
let newer: ReturnType<typeof buildLibrary>;
beforeAll(() => {
  older = buildLibrary();
  newer = buildLibrary();
  makeNewer(newer.path);
});
afterAll(() => {
  older.remove();
  newer.remove();
});

/** Makes of a built library the one of a gander to come: its layout is the next one, which has one more column. */
function makeNewer(library: string): void {
  const file = join(dirname(library), "history", "layout.js");
  const changes: readonly (readonly [string, string])[] = [
    [`LAYOUT = ${LAYOUT};`, `LAYOUT = ${NEXT};`],
    ["lease_until timestamptz,", "lease_until timestamptz, mood text NOT NULL DEFAULT 'calm',"],
    [
      "const ADDED = [",
      `const ADDED = [{ layout: ${NEXT}, changes: (table) => ["ALTER TABLE " + quoteTable(table) + " ADD COLUMN IF NOT EXISTS mood text NOT NULL DEFAULT 'calm'"] },`,
    ],
  ];
  let text = readFileSync(file, "utf8");
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
    text = text.replace(from, to);
  }
  writeFileSync(file, text);
}

/** Each leaves a row; every third runs outside a transaction and builds an index. */
function inserts(from: number, to: number): Record<string, string> {
  const file = (n: number): [string, string] =>
    n % 3 === 0
      ? [
          `${n}_i.sql`,
          `-- +goose NO TRANSACTION\n-- +goose Up\nINSERT INTO counted VALUES (${n});\nCREATE INDEX CONCURRENTLY counted_${n} ON counted (n);\n`,
        ]
      : [`${n}_i.sql`, `-- +goose Up\nINSERT INTO counted VALUES (${n});\n`];
  return Object.fromEntries(Array.from({ length: to - from + 1 }, (_, index) => file(from + index)));
}

/** Starts as many of both as there are at the same moment, and has each of them serve or say that it is too old. */
async function startBoth(urls: readonly string[], ofOlder: string, ofNewer: string): Promise<void> {
  const ended = await Promise.all(
    Array.from({ length: PROCESSES }, (_, index) => urls[index % urls.length] as string).flatMap((url) => [
      startServer(older.path, url, ofOlder).ended,
      startServer(newer.path, url, ofNewer).ended,
    ]),
  );
  const told = ended.map(({ exitCode, answer }, index) => {
    const code = (answer as { code?: string }).code;
    return exitCode === 0 || (index % 2 === 0 && code === "GANDER_HISTORY_NEWER") ? "well" : answer;
  });
  expect(told).toEqual(ended.map(() => "well"));
}

async function expectEachOnce(database: TestDatabase, count: number): Promise<void> {
  const each = Array.from({ length: count }, (_, index) => index + 1);
  const rows = await database.query<{ n: number }>("SELECT n FROM counted ORDER BY n");
  expect(rows.map(({ n }) => n)).toEqual(each);
  const applied = await database.query<{ v: number }>(
    "SELECT version_id::int AS v FROM schema_migrations_log WHERE event = 'applied' ORDER BY version_id",
  );
  expect(applied.map(({ v }) => v)).toEqual(each);
  expect(
    await database.query("SELECT version_id::int AS v FROM schema_migrations WHERE NOT is_dirty ORDER BY version_id"),
  ).toEqual(each.map((v) => ({ v })));
  expect(await database.query("SELECT count(*)::int AS n FROM pg_index WHERE NOT indisvalid")).toEqual([{ n: 0 }]);
  expect(
    await database.query(
      "SELECT count(*)::int AS n FROM schema_migrations_log WHERE event NOT IN ('applied', 'upgraded')",
    ),
  ).toEqual([{ n: 0 }]);
}

/** The layouts of both tables, and each upgrade that there was. */
async function upgrades(database: TestDatabase): Promise<readonly string[]> {
  const defaults = await database.query<{ layout: string }>(
    "SELECT column_default AS layout FROM information_schema.columns WHERE table_name LIKE 'schema_migrations%' AND column_name = 'layout'",
  );
  expect(new Set(defaults.map(({ layout }) => layout))).toEqual(new Set([`${NEXT}`]));
  const notes = await database.query<{ note: string }>(
    "SELECT note FROM schema_migrations_log WHERE event = 'upgraded' ORDER BY id",
  );
  return notes.map(({ note }) => note);
}

describe.each(servers())("ganders of two layouts at once on PostgreSQL $major", (server) => {
  let pooler: Pooler | undefined;
  beforeAll(async () => {
    if (hasPgbouncer) pooler = await startPooler(server, POOL_SIZE);
  });
  afterAll(async () => await pooler?.[Symbol.asyncDispose]());

  const ways = ["directly", ...(hasPgbouncer ? ["through PgBouncer", "both ways"] : [])];
  const urlsOf = (way: string, { url, name }: TestDatabase): readonly string[] => {
    const pooled = pooler?.url(name) ?? url;
    return { directly: [url], "through PgBouncer": [pooled] }[way] ?? [url, pooled];
  };

  test.each(ways)("%s, on an empty database", async (way) => {
    await using database = await createDatabase(server);
    await database.query("CREATE TABLE counted (n int)");
    const migrations = writeMigrations(inserts(1, 7));
    await startBoth(urlsOf(way, database), migrations, migrations);
    await expectEachOnce(database, 7);
  });

  test.each(ways)("%s, on a history of layout 1, where the older ones have one more to apply", async (way) => {
    await using database = await createDatabase(server);
    await database.query("CREATE TABLE counted (n int)");
    const first = await startServer(older.path, database.url, writeMigrations(inserts(1, 2))).ended;
    expect(first).toMatchObject({ exitCode: 0 });
    await makeLayout1(database.query);
    const ofOlder = writeMigrations(inserts(1, 8));
    await startBoth(urlsOf(way, database), ofOlder, writeMigrations(inserts(1, 7)));
    const last = await startServer(newer.path, database.url, writeMigrations(inserts(1, 9))).ended;
    expect(last).toMatchObject({ exitCode: 0 });
    await expectEachOnce(database, 9);
    const ways = [`layout 1 to ${NEXT}`, `layout 1 to ${LAYOUT},layout ${LAYOUT} to ${NEXT}`];
    expect(ways).toContain(String(await upgrades(database)));
    expect(await startServer(older.path, database.url, ofOlder).ended).toMatchObject({ exitCode: 0 });
    const late = await startServer(older.path, database.url, writeMigrations(inserts(1, 10))).ended;
    expect(late).toMatchObject({ exitCode: 1, answer: { code: "GANDER_HISTORY_NEWER" } });
    await expectEachOnce(database, 9);
  });

  test.runIf(hasPgbouncer)(
    "an older one at work through PgBouncer stops at the step before which a newer one came",
    async () => {
      await using database = await createDatabase(server);
      await database.query("CREATE TABLE counted (n int)");
      const upgrade = `ALTER TABLE schema_migrations ALTER COLUMN layout SET DEFAULT ${NEXT};`;
      const migrations = writeMigrations({
        ...inserts(1, 5),
        "2_i.sql": `-- +goose Up\nINSERT INTO counted VALUES (2);\n${upgrade}\n`,
      });
      const { exitCode, answer } = await startServer(older.path, pooler!.url(database.name), migrations).ended;
      expect([exitCode, answer]).toMatchObject([1, { code: "GANDER_HISTORY_NEWER" }]);
      await expectEachOnce(database, 2);
    },
  );
});
