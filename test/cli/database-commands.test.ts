import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDatabase } from "../support/create-database.ts";
import type { TestDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";
import { createFolder, runGander } from "./run-gander.ts";
import type { Ran, RunOptions, TestFolder } from "./run-gander.ts";

const users = "-- +goose Up\nCREATE TABLE users (id int);\n-- +goose Down\nDROP TABLE users;\n";
const plans = "-- +goose Up\nCREATE TABLE plans (id int);\n-- +goose Down\nDROP TABLE plans;\n";
const empty = "-- +goose Up\nCREATE TABLE IF NOT EXISTS notes (id int);\n";
const bad = "-- +goose Up\nSELECT 1;\nALTER TABLE users\n  ADD COLUMN plan text NOT NULL;\n-- +goose Down\n";

describe.each(servers())("PostgreSQL $major", (server) => {
  let database: TestDatabase;
  let folder: TestFolder;
  beforeAll(async () => {
    database = await createDatabase(server);
    folder = await createFolder({ "1_users.sql": users, "2_plans.sql": plans, "3_notes.sql": empty });
  });
  afterAll(async () => {
    await database.drop();
    await folder[Symbol.asyncDispose]();
  });
  const gander = (args: readonly string[], options: RunOptions = {}): Promise<Ran> =>
    runGander(args, {
      ...options,
      environment: { DATABASE_URL: database.url, GANDER_DIR: folder.path, ...options.environment },
    });

  test("the way up, as goose has it", async () => {
    expect(await gander(["status", "--exit-code"])).toMatchObject({
      code: 3,
      out: expect.stringContaining("nothing is applied (no history yet): 0 applied, 3 pending"),
    });
    expect((await gander(["version"])).out).toBe("0\n");
    expect((await gander(["plan"])).out).toMatch(/^3 migrations to apply:\n\n {2}1_users\.sql {2}1 statement\n/u);
    expect(await gander(["up-by-one"])).toMatchObject({
      code: 0,
      log: expect.stringMatching(/^applied 1_users\.sql \(/u),
    });
    const upTo = await gander(["up-to", "2", "--json", "-q"]);
    expect(upTo).toMatchObject({ code: 0, log: "" });
    expect(upTo.json()).toMatchObject({
      schemaVersion: 1,
      command: "up-to",
      direction: "up",
      from: "1",
      to: "2",
      steps: [{ version: "2", name: "2_plans.sql", direction: "up", statements: 1 }],
    });
    expect((await gander(["up"])).out).toMatch(
      /^1 migration applied in .*\. The database is at version 3\.\nlog head [0-9a-f]{64}\n$/u,
    );
    expect((await gander(["up"])).out).toBe("Nothing to do. The database is at version 3.\n");
    expect(await gander(["up-by-one"])).toMatchObject({ code: 1, out: expect.stringContaining("Nothing to do.") });
    expect(await gander(["status", "--exit-code"])).toMatchObject({ code: 0 });
    expect((await gander(["status", "--json"])).json()).toMatchObject({ version: "3", pending: 0, dirty: 0 });
    expect((await gander(["version", "--json"])).json()).toEqual({
      schemaVersion: 1,
      command: "version",
      version: "3",
    });
  });

  test("the way down asks where rows go, and stops at a Down that is not there", async () => {
    const stopped = await gander(["down"]);
    expect(stopped).toMatchObject({ code: 1, log: expect.stringContaining("error[GANDER_IRREVERSIBLE]: 3_notes.sql") });
    expect((await gander(["down", "--yes"])).out).toContain("1 migration rolled back");
    await database.query("INSERT INTO plans VALUES (1), (2)");
    const unasked = await gander(["down"]);
    expect(unasked).toMatchObject({ code: 2, log: expect.stringContaining("plans goes, with 2 rows") });
    expect(unasked.log).toContain("--yes");
    expect(await gander(["down"], { typed: "n\n" })).toMatchObject({ code: 2 });
    expect((await gander(["version"])).out).toBe("2\n");
    expect(await gander(["redo"], { typed: "y\n" })).toMatchObject({
      code: 0,
      out: expect.stringContaining("1 migration rolled back and applied again"),
    });
    expect(await gander(["down-to", "1"])).toMatchObject({ code: 0 });
    expect(await gander(["reset"])).toMatchObject({ code: 2 });
    expect(await gander(["reset", "-y"])).toMatchObject({
      code: 0,
      out: expect.stringContaining("Nothing is applied now."),
    });
    expect(await gander(["down"])).toMatchObject({ code: 1, out: "Nothing to do. Nothing is applied.\n" });
  });

  test("a failure is shown at its place; the state is that of the message", async () => {
    await using broken = await createFolder({ "1_users.sql": users, "4_plan.sql": bad });
    await gander(["up"]);
    await database.query("INSERT INTO users VALUES (1)");
    const options = { environment: { GANDER_DIR: broken.path } };
    const { code, out, log } = await gander(["up"], options);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(log).toContain(`error[GANDER_MIGRATION_FAILED]: ${broken.path}/4_plan.sql:3:1: column "plan"`);
    expect(log).toContain("  > 3 | ALTER TABLE users\n      | ^\n    4 |   ADD COLUMN plan text NOT NULL;\n");
    expect((await gander(["up", "--json"], options)).json()).toMatchObject({
      error: { code: "GANDER_MIGRATION_FAILED", version: "4", line: 3, column: 1, sqlState: "23502" },
    });
    const status = await gander(["status"], options);
    expect(status.out).toMatch(/^failed +\d.* 4_plan\.sql$/mu);
    expect(status.out).toMatch(/^unknown +\d.* 2_plans\.sql$/mu);
  });

  test("as goose is called", async () => {
    const environment = { DATABASE_URL: "", GANDER_DIR: "" };
    const goose = await gander(["-dir", folder.path, "postgres", database.url, "status"], { environment });
    expect(goose).toMatchObject({ code: 0, out: expect.stringContaining("1_users.sql") });
    const variables = {
      GOOSE_DRIVER: "postgres",
      GOOSE_DBSTRING: database.url,
      GOOSE_MIGRATION_DIR: folder.path,
    };
    for (const args of [["version"], ["postgres", "version"], ["postgres", database.url, "version"]]) {
      expect(await gander(args, { environment: { ...environment, ...variables } })).toMatchObject({
        code: 0,
        out: "3\n",
      });
    }
  });

  test("libpq's variables may stand in the file with variables", async () => {
    const url = new URL(database.url);
    const variables = `PGHOST=${url.hostname}\nPGPORT=${url.port}\nPGUSER=${url.username}\nPGPASSWORD=${url.password}\nPGDATABASE=${url.pathname.slice(1)}\n`;
    await using place = await createFolder({ ".env": variables });
    const ran = await gander(["version", "-v"], { cwd: place.path, environment: { DATABASE_URL: "" } });
    expect(ran).toMatchObject({ code: 0, out: "3\n" });
    expect(ran.log).toContain("the database is named by PGHOST in .env");
    expect(ran.log).toMatch(/connected to .*, PostgreSQL \d/u);
  });

  test("another table, and the SQL of a plan", async () => {
    expect((await gander(["version", "--table", "other"])).out).toBe("0\n");
    const { out, log } = await gander(["plan", "--sql", "--table", "other", "--to", "1"]);
    expect(log).toBe("");
    expect(out).toContain("CREATE TABLE users (id int);");
    expect(out).toContain('"other"');
  });

  test("a wrong password is not printed", async () => {
    const url = new URL(database.url);
    url.password = "hunter2";
    url.pathname = "/absent";
    const { code, log } = await gander(["up"], { environment: { DATABASE_URL: url.href } });
    expect(code).toBe(1);
    expect(log).toMatch(/^error\[GANDER_CONNECTION\]/u);
    expect(log).not.toContain("hunter2");
  });
});
