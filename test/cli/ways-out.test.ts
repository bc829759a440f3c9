import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";
import { createFolder, runGander, type Ran, type TestFolder } from "./run-gander.ts";

const HEAD = "-- +goose NO TRANSACTION\n-- +goose Up\n";
const DOWN = "-- +goose Down\nDROP TABLE b;\nDROP TABLE late;\n";
const FILE = `${HEAD}CREATE TABLE b ();\nCREATE UNIQUE INDEX CONCURRENTLY a_x ON a (x);\nCREATE TABLE c ();\n`;

/** The command lines that a message prints: those that are set in and begin with the program's name. */
function printedCommands(log: string): readonly string[] {
  return log.split("\n").filter((line) => /^\s+gander /.test(line));
}

/** What a shell makes of a line. */
function wordsOf(line: string): readonly string[] {
  const words = execFileSync("sh", ["-c", `gander() { printf '%s\\0' "$@"; }\n${line}`], { encoding: "utf8" });
  return words.split("\0").slice(0, -1);
}

function environmentOf(folder: TestFolder, database: TestDatabase): Record<string, string> {
  return { DATABASE_URL: database.url, GANDER_DIR: join(folder.path, "migrations"), NO_COLOR: "1" };
}

/** Types a line at a terminal, and answers yes to what is asked. */
function type(line: string, folder: TestFolder, database: TestDatabase): Promise<Ran> {
  return runGander(wordsOf(line), { environment: environmentOf(folder, database), typed: "y\n" });
}

function folderWith(file: string): Promise<TestFolder> {
  return createFolder({ "migrations/1_a.sql": file });
}

const STATE = "SELECT is_dirty, state FROM schema_migrations";

describe.each(servers())("the printed commands, typed as printed, on PostgreSQL $major", (server) => {
  test("get a stopped migration out, whichever is typed", async () => {
    await using folder = await folderWith(FILE);
    for (const way of ["go on", "--mark-applied", "--mark-rolled-back"]) {
      await using database = await createDatabase(server);
      await database.query("CREATE TABLE a (x int); INSERT INTO a VALUES (7), (7)");
      const failure = await type("gander up", folder, database);
      expect([failure.code, failure.log]).toEqual([1, expect.stringContaining("Key (x)=(7) is duplicated.")]);
      const refused = await type("gander up", folder, database);
      expect(printedCommands(refused.log)).toEqual(printedCommands(failure.log));
      await database.query("DELETE FROM a WHERE ctid = (SELECT max(ctid) FROM a)");
      const lines = printedCommands(refused.log);
      const typed =
        way === "go on" ? lines.filter((line) => !line.includes("--mark")) : lines.filter((line) => line.includes(way));
      expect(typed).toHaveLength(way === "go on" ? 2 : 1);
      for (const line of typed) expect((await type(line, folder, database)).code).toBe(0);
      expect(await database.query(STATE)).toEqual(
        way === "--mark-rolled-back" ? [] : [{ is_dirty: false, state: "applied" }],
      );
      expect(await database.query("SELECT FROM pg_index WHERE NOT indisvalid")).toEqual([]);
    }
  });

  test("get a stopped rollback out", async () => {
    await using folder = await folderWith(`${HEAD}CREATE TABLE b ();\n${DOWN}`);
    await using database = await createDatabase(server);
    await type("gander up", folder, database);
    const { log } = await type("gander down", folder, database);
    await database.query("CREATE TABLE late ()");
    const lines = printedCommands(log).filter((line) => !line.includes("--mark"));
    expect(lines.map((line) => wordsOf(line))).toEqual([["repair", "1"], ["down"]]);
    for (const line of lines) expect((await type(line, folder, database)).code).toBe(0);
    expect(await database.query(STATE)).toEqual([]);
  });

  test("name a history that has another name, whatever characters it has", async () => {
    await using folder = await folderWith(FILE);
    await using database = await createDatabase(server);
    await database.query(`CREATE SCHEMA "it's"; CREATE TABLE a (x int); INSERT INTO a VALUES (7), (7)`);
    const { log } = await runGander(["up", "--table", `"it's"."My history"`], {
      environment: environmentOf(folder, database),
    });
    await database.query("DELETE FROM a WHERE ctid = (SELECT max(ctid) FROM a)");
    const lines = printedCommands(log).filter((line) => !line.includes("--mark"));
    for (const line of lines) expect((await type(line, folder, database)).code).toBe(0);
    expect(await database.query(`SELECT state FROM "it's"."My history"`)).toEqual([{ state: "applied" }]);
  });

  test("get out where what has run was changed: as the text was, or by hand", async () => {
    await using folder = await folderWith(FILE);
    await using database = await createDatabase(server);
    await database.query("CREATE TABLE a (x int); INSERT INTO a VALUES (7), (7)");
    await type("gander up", folder, database);
    await writeFile(join(folder.path, "migrations/1_a.sql"), FILE.replace("TABLE b", "TABLE bb"));
    const refused = await type("gander repair", folder, database);
    expect([refused.code, refused.log]).toEqual([1, expect.stringContaining("statement 1 that ran was changed")]);
    await database.query("DROP TABLE b; DELETE FROM a WHERE ctid = (SELECT max(ctid) FROM a)");
    const rolledBack = printedCommands(refused.log).find((line) => line.includes("--mark-rolled-back"));
    expect((await type(rolledBack ?? "", folder, database)).code).toBe(0);
    expect((await type("gander up", folder, database)).code).toBe(0);
    expect(await database.query(STATE)).toEqual([{ is_dirty: false, state: "applied" }]);
  });

  test("repair shows what is there and what it will do before it asks", async () => {
    await using folder = await folderWith(FILE);
    await using database = await createDatabase(server);
    await database.query("CREATE TABLE a (x int); INSERT INTO a VALUES (7), (7)");
    await type("gander up", folder, database);
    const { log, out } = await type("gander repair", folder, database);
    expect(log).toMatch(/1 {2}ran +line 3: +table b is there/);
    expect(log).toMatch(/2 {2}failed +line 4: +index a_x of a is INVALID/);
    expect(log).toMatch(/3 {2}did not run +line 5: +table c is not there/);
    expect(log).toMatch(
      /To be cleaned up:\n {2}DROP INDEX CONCURRENTLY public\.a_x\n[^]*goes on at statement 2\.\nGo on\? \[y\/N\]/,
    );
    expect(out).toMatch(/done: DROP INDEX CONCURRENTLY public\.a_x\n1_a\.sql is marked resumable/);
  });
});
