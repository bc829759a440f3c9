import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Interruption } from "../../src/cli/exit-code.ts";
import { hasPgbouncer, startPooler } from "../faults/pgbouncer.ts";
import { makeLayout1, makeNextLayout } from "../run/layouts.ts";
import { urlOf } from "../support/create-database.ts";
import { startProxy } from "../support/proxy.ts";
import { newestServer } from "../support/server-list.ts";
import { startServer } from "../support/server.ts";
import { comparableLines, createNight, type Night } from "./night.ts";

const page = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8");
const UNIQUE =
  "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY users_id_email ON users (id, email);\nCREATE UNIQUE INDEX CONCURRENTLY users_email ON users (email);\n-- +goose Down\nDROP INDEX CONCURRENTLY users_email;\n";
const CALL =
  "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE PROCEDURE fill() LANGUAGE sql AS 'SELECT 1';\nCALL fill();\n";
const GATE = "SELECT pg_advisory_xact_lock(7);";
const COUNTRY = "ALTER TABLE users ADD COLUMN country text;";

/** What was printed under a heading of the page, line by line. */
function linesOf(heading: string): readonly string[] {
  const section = page.split(/^## /m).find((one) => one.startsWith(`${heading}\n`)) ?? "";
  return [...section.matchAll(/^```text\n(.*?)^```$/gms)].flatMap((match) => comparableLines(match[1] ?? ""));
}

const told = new Set<string>();

/** Plays a night, and expects each line of its section to have been printed so. */
async function play(heading: string, happen: (night: Night) => Promise<void>): Promise<void> {
  await using night = await createNight(newestServer());
  await happen(night);
  told.add(heading);
  const printed = new Set(comparableLines(night.printed()));
  const lines = linesOf(heading);
  expect(lines.length).toBeGreaterThan(0);
  const missing = lines.filter((line) => !printed.has(line));
  expect(missing, `was not printed, but:\n${night.printed()}`).toEqual([]);
}

/** Runs something while a migration is at work, which ends when that has ended. */
async function whileAtWork(night: Night, work: () => Promise<unknown>): Promise<void> {
  await night.database.query("SELECT pg_advisory_lock(7)");
  const { ended } = night.begin("up");
  await untilGated(night);
  await work();
  await night.database.query("SELECT pg_advisory_unlock(7)");
  await ended;
}

/** A migration waits at the gate that the night holds shut. */
async function untilGated({ database }: Night): Promise<void> {
  const gated = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  await expect.poll(() => database.query(gated), { timeout: 30_000 }).toHaveLength(1);
}

/** What a runner leaves that is gone. */
async function pretendCrash({ database }: Night, session = "backend_pid = 1"): Promise<void> {
  await database.query(`UPDATE schema_migrations SET state = 'running', is_dirty = true, statements_done = 1, error = NULL,
    backend_start = '2020-01-01', runner_pid = 4711, ${session} WHERE version_id > 1`);
}

describe("the nights of docs/operations.md, and what is printed in them", () => {
  test("A migration failed", () =>
    play("A migration failed", async (night) => {
      await night.write(
        "2_country.sql",
        "CREATE TABLE letters (id int);\nALTER TABLE users ADD COLUMN country text NOT NULL;",
      );
      expect(await night.gander("up")).toBe(1);
      await night.write("2_country.sql", `${GATE}\nSELECT 1 / 0;`);
      await whileAtWork(night, async () => {
        const waiting = night.begin("up");
        await waiting.printed(/waiting for another gander/);
        void night.database.query("SELECT pg_advisory_unlock(7)");
        expect(await waiting.ended).toBe(1);
      });
    }));

  test("A migration stopped half way", () =>
    play("A migration stopped half way", async (night) => {
      await night.write("2_unique.sql", UNIQUE);
      expect(await night.gander("up")).toBe(1);
      expect(await night.gander("up")).toBe(1);
      await night.database.query("DELETE FROM users WHERE id = 1000");
      expect(await night.gander("repair 2 --yes")).toBe(0);
      expect(await night.gander("up")).toBe(0);
    }));

  test("The server died in the middle", () =>
    play("The server died in the middle", async (night) => {
      await night.write("2_call.sql", CALL);
      await night.gander("up");
      await pretendCrash(night);
      expect(await night.gander("status")).toBe(0);
      expect(await night.gander("up")).toBe(1);
    }));

  test("Many servers wait", () =>
    play("Many servers wait", async (night) => {
      await night.gander("up");
      await night.write("2_slow.sql", GATE);
      await whileAtWork(night, async () => expect(await night.gander("up --wait 2s")).toBe(4));
    }));

  test("A table is locked", () =>
    play("A table is locked", async (night) => {
      await night.gander("up");
      await night.write("2_country.sql", COUNTRY);
      await night.database.query("SET application_name = 'reports'");
      await night.database.query("BEGIN; SELECT count(*) FROM users");
      expect(await night.gander("up --lock-timeout 50ms --lock-retry 1s")).toBe(4);
      await night.database.query("COMMIT");
      expect(await night.gander("up")).toBe(0);
    }));

  test("CONCURRENTLY waits", () =>
    play("CONCURRENTLY waits", async (night) => {
      await night.gander("up");
      await night.write("2_unique.sql", UNIQUE.replace(/CREATE UNIQUE.*\n/, ""));
      await night.database.query("SET application_name = 'reports'");
      await night.database.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1");
      const { ended, printed } = night.begin("up");
      await printed(/, statement 1, waits for /);
      await night.database.query("COMMIT");
      expect(await ended).toBe(0);
    }));

  test("The connection was lost", () =>
    play("The connection was lost", async (night) => {
      await night.gander("up");
      await night.write("2_slow.sql", GATE);
      await whileAtWork(night, () =>
        night.database.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'gander up %'",
        ),
      );
      await night.write("3_slow.sql", GATE);
      const { host, port } = newestServer();
      const proxy = await startProxy({ host, port });
      const url = new URL(night.database.url);
      url.host = `127.0.0.1:${proxy.port}`;
      await night.database.query("SELECT pg_advisory_lock(7)");
      const { ended } = night.begin("up --reconnect 100ms", { url: url.href });
      await untilGated(night);
      await proxy.close();
      expect(await ended).toBe(1);
      expect(await night.gander("up", { url: url.href })).toBe(1);
    }));

  test("Standby, failover, read-only", () =>
    play("Standby, failover, read-only", async (night) => {
      const standby = await startServer(newestServer().major, { standby: true });
      const url = `postgres://postgres@127.0.0.1:${standby.port}/postgres`;
      expect(await night.gander("up", { url })).toBe(1);
      await standby.stop();
      await night.database.query(`ALTER DATABASE ${night.database.name} SET default_transaction_read_only = on`);
      expect(await night.gander("up")).toBe(1);
    }));

  test.runIf(hasPgbouncer)("Through a pooler", () =>
    play("Through a pooler", async (night) => {
      await using pooler = await startPooler(newestServer(), 1);
      const url = pooler.url(night.database.name);
      await night.write("2_set.sql", "SET search_path = app;");
      expect(await night.gander("up", { url })).toBe(2);
      await night.remove("2_set.sql");
      await night.write("3_unique.sql", CALL);
      expect(await night.gander("up", { url })).toBe(0);
      await pretendCrash(night, "backend_pid = 0, lease_until = now() + interval '1 minute'");
      expect(await night.gander("up --wait 2s", { url })).toBe(4);
    }),
  );

  test("Permission denied", () =>
    play("Permission denied", async (night) => {
      const { name, query } = night.database;
      const role = "clerk";
      await query(`REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE ROLE ${role} LOGIN PASSWORD 'clerk'`);
      try {
        const url = urlOf(newestServer(), name, role, "clerk");
        expect(await night.gander("up", { url })).toBe(2);
        await query(`GRANT CREATE ON SCHEMA public TO ${role}; CREATE TABLE notmine (x int)`);
        await night.write("2_notmine.sql", "ALTER TABLE notmine ADD COLUMN y int;");
        expect(await night.gander("up", { url })).toBe(1);
      } finally {
        await query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
      }
    }));

  test("A file has changed", () =>
    play("A file has changed", async (night) => {
      await night.write("3_c.sql", "CREATE TABLE c (x int);");
      await night.gander("up");
      await night.write("3_c.sql", "CREATE TABLE c (x bigint);");
      expect(await night.gander("up")).toBe(1);
      expect(await night.gander("up --changed-files warn")).toBe(0);
      expect(await night.gander("accept 3")).toBe(0);
      expect(await night.gander("up")).toBe(0);
    }));

  test("A version is missing", () =>
    play("A version is missing", async (night) => {
      await night.write("3_c.sql", "CREATE TABLE c (x int);");
      await night.gander("up");
      await night.write("2_b.sql", "CREATE TABLE b (x int);");
      expect(await night.gander("up")).toBe(1);
      expect(await night.gander("up --missing apply")).toBe(0);
    }));

  test("Two images of different age", () =>
    play("Two images of different age", async (night) => {
      await night.write("2_b.sql", "CREATE TABLE b (x int);");
      await night.gander("up");
      await night.remove("2_b.sql");
      expect(await night.gander("up")).toBe(0);
      expect(await night.gander("up --unknown-versions refuse")).toBe(1);
    }));

  test("A newer gander was here", () =>
    play("A newer gander was here", async (night) => {
      const { name, query } = night.database;
      await night.gander("up");
      await makeNextLayout(query);
      expect(await night.gander("up")).toBe(0);
      await night.write("2_b.sql", "CREATE TABLE b (x int);");
      expect(await night.gander("up")).toBe(1);
      await makeLayout1(query);
      await query("CREATE ROLE clerk LOGIN PASSWORD 'clerk'; GRANT ALL ON ALL TABLES IN SCHEMA public TO clerk");
      try {
        expect(await night.gander("up", { url: urlOf(newestServer(), name, "clerk", "clerk") })).toBe(2);
      } finally {
        await query("DROP OWNED BY clerk; DROP ROLE clerk");
      }
      expect(await night.gander("up")).toBe(0);
    }));

  test("Another tool's table, another schema", () =>
    play("Another tool's table, another schema", async (night) => {
      const { name, query } = night.database;
      await query("CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL)");
      expect(await night.gander("up")).toBe(1);
      await query("DROP TABLE schema_migrations");
      await night.gander("up");
      await query(`CREATE SCHEMA ann; ALTER DATABASE ${name} SET search_path = ann, public`);
      expect(await night.gander("up")).toBe(1);
      expect(await night.gander("up --table public.schema_migrations")).toBe(0);
    }));

  test("Rollback at night", () =>
    play("Rollback at night", async (night) => {
      const country = `-- +goose Up\n${COUNTRY.replace(";", " DEFAULT 'ch';")}\n-- +goose Down\nALTER TABLE users DROP COLUMN country;\n`;
      await night.write("2_country.sql", country);
      await night.gander("up");
      expect(await night.gander("plan --down --sql")).toBe(0);
      expect(await night.gander("down")).toBe(2);
      await night.remove("2_country.sql");
      expect(await night.gander("down --yes")).toBe(0);
      await night.write("2_country.sql", country);
      await night.serve();
      expect(await night.gander("up")).toBe(0);
      await night.write(
        "3_irr.sql",
        "-- +goose Up\n-- +gander irreversible: rows are gone\nCREATE TABLE irr (x int);\n",
      );
      await night.gander("up");
      expect(await night.gander("down")).toBe(1);
    }));

  test("Killing a run", () =>
    play("Killing a run", async (night) => {
      await night.gander("up");
      await night.write("2_slow.sql", GATE);
      await night.database.query("SELECT pg_advisory_lock(7)");
      const controller = new AbortController();
      const { ended } = night.begin("up", { signal: controller.signal });
      await untilGated(night);
      controller.abort(new Interruption("SIGINT"));
      expect(await ended).toBe(130);
    }));

  test("Who did what, and has anybody touched the log", () =>
    play("Who did what, and has anybody touched the log", async (night) => {
      await night.gander("up");
      await night.write("2_country.sql", "ALTER TABLE users ADD COLUMN country text NOT NULL;");
      expect(await night.gander("up")).toBe(1);
      expect(await night.gander("log --since 2d")).toBe(0);
      expect(await night.gander("log --verify")).toBe(0);
      await night.database.query(`ALTER TABLE schema_migrations_log DISABLE TRIGGER USER;
        UPDATE schema_migrations_log SET database_user = 'nobody' WHERE id = 1`);
      expect(await night.gander("log --verify")).toBe(3);
    }));

  test("what the page asks the server is answered", async () => {
    await using night = await createNight(newestServer());
    await night.gander("up");
    const asked = [...page.matchAll(/^```sql\n(.*?)^```$/gms)].map((match) => match[1] ?? "");
    const harmless = asked.filter((sql) => !sql.includes("pg_terminate_backend"));
    expect(harmless.length).toBeGreaterThan(3);
    for (const sql of harmless) await night.database.query(sql);
  });

  test("no section that shows messages is left out", () => {
    const sections = [...page.matchAll(/^## (.*)$/gm)].map((match) => match[1] ?? "");
    const left = sections.filter((heading) => linesOf(heading).length > 0 && !told.has(heading));
    expect(left).toEqual(hasPgbouncer ? [] : ["Through a pooler"]);
  });
});
