import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migratorFor } from "../run/fixtures.ts";
import { createDatabase } from "../support/create-database.ts";
import { hasPgbouncer, type Pooler, startPooler } from "./pgbouncer.ts";
import { faultServers } from "./share.ts";

const SERVERS = 20;
const outside = (table: string) =>
  `-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE ${table} (x int);\nCREATE INDEX CONCURRENTLY ON ${table} (x);\n-- +goose Down\nDROP TABLE ${table};\n`;
const FILES = {
  "1_a.sql": ["CREATE TABLE a (x int);", "DROP TABLE a;"],
  "2_o.sql": outside("o"),
  "3_b.sql": ["CREATE TABLE b (x int);", "DROP TABLE b;"],
  "4_p.sql": outside("p"),
} as const;
const FAILING = { ...FILES, "5_f.sql": ["CREATE TABLE f (x int); SELECT 1/0;", "DROP TABLE f;"] } as const;

describe.runIf(hasPgbouncer).each(faultServers())("the log through PgBouncer, PostgreSQL $major", (server) => {
  let pooler: Pooler;
  beforeAll(async () => (pooler = await startPooler(server, 5)));
  afterAll(() => pooler[Symbol.asyncDispose]());

  test("20 at once, direct and pooled, which fail and go on and roll back, leave one chain without a gap", async () => {
    await using database = await createDatabase(server);
    const urls = Array.from({ length: SERVERS }, (_, at) => (at % 2 === 0 ? pooler.url(database.name) : database.url));
    const failing = urls.map((url) => migratorFor(url, FAILING));
    const good = urls.map((url) => migratorFor(url, FILES));
    const all = [...failing, ...good];
    try {
      const first = await Promise.allSettled(failing.map((migrator) => migrator.up()));
      expect(first.map(({ status }) => status)).toEqual(urls.map(() => "rejected"));
      await Promise.allSettled(all.map((migrator) => migrator.up()));
      await Promise.allSettled(all.map((migrator) => migrator.down()));
      await Promise.allSettled(good.map((migrator) => migrator.up()));
      await using reader = migratorFor(database.url, FILES);
      const { findings, events, head } = await reader.verifyLog();
      expect(findings).toEqual([]);
      expect(events).toBeGreaterThan(5);
      const told = all.flatMap((migrator) =>
        migrator.events.flatMap((event) => (event.type === "logged" ? [event.head] : [])),
      );
      expect(told).toContain(head);
      const kept = new Set((await reader.log()).events.map(({ hash }) => hash));
      expect(told.filter((one) => !kept.has(one))).toEqual([]);
    } finally {
      await Promise.all(all.map((migrator) => migrator.close()));
    }
  });
});
