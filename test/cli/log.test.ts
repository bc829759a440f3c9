import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";
import { createFolder, type Ran, type RunOptions, runGander, type TestFolder } from "./run-gander.ts";

const table = (name: string): string =>
  `-- +goose Up\nCREATE TABLE ${name} (id int);\n-- +goose Down\nDROP TABLE ${name};\n`;

function git(folder: string, who: string, when: string, ...args: string[]): void {
  const env = {
    ...process.env,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_AUTHOR_NAME: who,
    GIT_AUTHOR_EMAIL: "who@example.org",
    GIT_AUTHOR_DATE: when,
    GIT_COMMITTER_NAME: who,
    GIT_COMMITTER_EMAIL: "who@example.org",
    GIT_COMMITTER_DATE: when,
  };
  execFileSync("git", ["-C", folder, ...args], { env, stdio: "pipe" });
}

describe.each(servers())("gander log on PostgreSQL $major", (server) => {
  let database: TestDatabase;
  let folder: TestFolder;
  let heads: string[];
  const gander = (args: readonly string[], options: RunOptions = {}): Promise<Ran> =>
    runGander(args, {
      now: new Date(),
      ...options,
      environment: {
        DATABASE_URL: database.url,
        GANDER_DIR: folder.path,
        GIT_COMMIT: "1a2b3c",
        ...options.environment,
      },
    });
  const events = async (...args: string[]): Promise<unknown[]> =>
    ((await gander(["log", "--json", ...args])).json() as { events: { id: string }[] }).events.map(({ id }) =>
      Number(id),
    );

  beforeAll(async () => {
    database = await createDatabase(server);
    folder = await createFolder({
      "20240115101500_users.sql": table("users"),
      "20240120101500_plans.sql": table("plans"),
    });
    git(folder.path, "Ann Lee", "2024-01-15T10:15:00Z", "init", "-q");
    git(folder.path, "Ann Lee", "2024-01-15T10:15:00Z", "add", ".");
    git(folder.path, "Ann Lee", "2024-01-15T10:15:00Z", "commit", "-q", "-m", "Users and their plans");
    await writeFile(join(folder.path, "20240420101500_bad.sql"), table("users"));
    git(folder.path, "Bob", "2024-04-20T10:15:00Z", "add", ".");
    git(folder.path, "Bob", "2024-04-20T10:15:00Z", "commit", "-q", "-m", "Users again");
    const failed = await gander(["up"]);
    expect(failed.code).toBe(1);
    await writeFile(join(folder.path, "20240420101500_bad.sql"), table("orders"));
    const json = await gander(["up", "--json"]);
    const down = await gander(["down", "--yes"]);
    const up = await gander(["up"]);
    heads = [failed.log, json.out, down.out, up.out].map((text) => /[0-9a-f]{64}/.exec(text)?.[0] ?? "");
  });
  afterAll(async () => {
    await database.drop();
    await folder[Symbol.asyncDispose]();
  });

  test("says what was done, when, by whom, from where and why, newest first", async () => {
    const { code, out, log } = await gander(["log"]);
    expect([code, log]).toEqual([0, ""]);
    const lines = out.split("\n");
    expect(lines.filter((line) => /^\d/.test(line)).map((line) => line.slice(21).trim())).toMatchObject([
      expect.stringMatching(/^applied {6}20240420101500_bad\.sql .* 1 statement$/),
      expect.stringMatching(/^rolled back {2}20240420101500_bad\.sql down, /),
      expect.stringMatching(/^applied {6}20240420101500_bad\.sql /),
      expect.stringMatching(/^failed {7}20240420101500_bad\.sql 1 statement$/),
      expect.stringMatching(/^applied {6}20240120101500_plans\.sql /),
      expect.stringMatching(/^applied {6}20240115101500_users\.sql /),
    ]);
    expect(out).toMatch(/^ {4}42P07: relation "users" already exists/m);
    expect(out).toMatch(/^ {4}[0-9a-f]{9} 2024-04-20 Bob: Users again$/m);
    expect(out).toMatch(/^ {4}[0-9a-f]{9} 2024-01-15 Ann Lee: Users and their plans$/m);
    expect(out).toMatch(
      new RegExp(`^ {4}by postgres from .* \\(process ${process.pid}\\), gander .*, commit 1a2b3c$`, "m"),
    );
  });

  test("filters, and has all of it for a program", async () => {
    expect(await events()).toEqual([6, 5, 4, 3, 2, 1]);
    expect(await events("--reverse")).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await events("20240420101500")).toEqual([6, 5, 4, 3]);
    expect(await events("20240420101500_bad.sql", "--event", "rolled-back")).toEqual([5]);
    expect(await events("--limit", "2")).toEqual([6, 5]);
    expect(await events("--since", "1h")).toHaveLength(6);
    expect(await events("--until", "1h")).toEqual([]);
    expect(await events("--since", "2000-01-01", "--until", "2000-01-02T00:00:00+02:00")).toEqual([]);
    const [first] = (await gander(["log", "--json", "--limit", "1"])).json()["events"] as object[];
    expect(first).toMatchObject({
      id: "6",
      event: "applied",
      version: "20240420101500",
      error: null,
      deployment: "commit 1a2b3c",
      hash: heads[3],
      previousHash: heads[2],
      origin: { author: "Bob", date: "2024-04-20T10:15:00.000Z", subject: "Users again" },
    });
  });

  test("shows how the schema grew, month by month", async () => {
    const { out } = await gander(["log", "--timeline"]);
    expect(out.trimEnd().split("\n")).toEqual([
      "2024-01    ██ 2  Ann Lee",
      "           20240115101500_users.sql, 20240120101500_plans.sql",
      "   ⋮       2 months without",
      "2024-04    █ 1  Bob",
      "           20240420101500_bad.sql",
      "",
      "3 migrations since 2024-01",
    ]);
  });

  test("without git it shows the same, and counts a version that is a time for its month", async () => {
    await using elsewhere = await createFolder({});
    const environment = { GANDER_DIR: elsewhere.path };
    const { out, code } = await gander(["log", "--limit", "1"], { environment });
    expect([code, out]).toEqual([0, expect.not.stringMatching(/Bob/)]);
    expect((await gander(["log", "--timeline"], { environment })).out).toMatch(/^2024-04 {4}█ 1 {2}postgres$/m);
  });

  test("verifies: every head that a run has told is in it, and what is not as it was written ends with 3", async () => {
    for (const head of heads) {
      const { code, out } = await gander(["log", "--verify", "--head", head]);
      expect([code, out]).toEqual([0, expect.stringMatching(/^The log is as it was written: 6 events .* is in it\./)]);
    }
    expect(new Set(heads).size).toBe(4);
    const gone = await gander(["log", "--verify", "--head", "0".repeat(64)]);
    expect([gone.code, gone.out]).toEqual([3, expect.stringMatching(/the hash that was kept is not in the log/)]);
    await database.query(
      "ALTER TABLE schema_migrations_log DISABLE TRIGGER USER; DELETE FROM schema_migrations_log WHERE id IN (3, 4)",
    );
    const cut = await gander(["log", "--verify"]);
    expect(cut.code).toBe(3);
    expect(cut.out).toMatch(
      /- events 3 to 4 were removed, before event 5\s+\(rolled back\s+20240420101500_bad\.sql,\s+\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\)/,
    );
    const { code, ...ran } = await gander(["log", "--verify", "--json"]);
    expect([code, ran.json()]).toMatchObject([
      3,
      {
        command: "log",
        verified: false,
        findings: [{ kind: "removed", id: "3", lastId: "4", version: "20240420101500" }],
      },
    ]);
  });

  test.each([
    [["log", "--event", "aplied"], 'Did you mean "applied"?'],
    [["log", "--since", "soon"], "--since takes a time"],
    [["log", "--limit", "0"], "--limit takes a whole number"],
    [["log", "--head", "1"], "--head goes with --verify"],
    [["log", "--verify", "--head", "1"], "is no hash of an event"],
    [["log", "--verify", "--limit", "1"], "--verify looks at the whole log"],
  ])("%s is refused", async (args, said) => {
    const { code, log } = await gander(args);
    expect([code, log]).toEqual([2, expect.stringContaining(said)]);
  });
});
