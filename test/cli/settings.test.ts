import { describe, expect, test } from "vitest";
import { readSettings } from "../../src/cli/settings.ts";
import type { Settings } from "../../src/cli/settings.ts";
import { ConfigError, UsageError } from "../../src/errors.ts";
import { createFolder } from "./run-gander.ts";

async function settingsOf(
  flags: Record<string, string | boolean>,
  environment: Record<string, string> = {},
  files: Record<string, string> = {},
): Promise<Settings> {
  await using folder = await createFolder(files);
  return await readSettings(flags, environment, folder.path);
}

describe("the order", () => {
  const everywhere = {
    "gander.config.json": JSON.stringify({ table: "from_config", wait: "4s" }),
    ".env": "GANDER_TABLE=from_env_file\nGANDER_WAIT=3s\n",
  };

  test("an option stands above everything", async () => {
    const { table } = await settingsOf({ table: "from_flag" }, { GANDER_TABLE: "from_environment" }, everywhere);
    expect(table).toBe("from_flag");
  });

  test("then the environment, the file with variables, the config file", async () => {
    expect((await settingsOf({}, { GANDER_TABLE: "from_environment" }, everywhere)).table).toBe("from_environment");
    expect((await settingsOf({}, {}, everywhere)).table).toBe("from_env_file");
    expect((await settingsOf({ envFile: "none" }, {}, everywhere)).table).toBe("from_config");
    expect((await settingsOf({}, {}, {})).table).toBeUndefined();
  });

  test("our variable stands above another tool's", async () => {
    const goose = { GOOSE_MIGRATION_DIR: "goose", GOOSE_TABLE: "g", GOOSE_DBSTRING: "dbname=goose" };
    const found = await settingsOf({}, goose);
    expect(found).toMatchObject({
      dir: "goose",
      table: "g",
      database: { url: "dbname=goose", place: "GOOSE_DBSTRING" },
    });
    const both = await settingsOf({}, { ...goose, GANDER_DIR: "ours", DATABASE_URL: "postgres:///d" });
    expect(both).toMatchObject({ dir: "ours", table: "g", database: { url: "postgres:///d", place: "DATABASE_URL" } });
  });

  test("an empty variable counts as not set", async () => {
    expect((await settingsOf({}, { GANDER_TABLE: "", DATABASE_URL: "" })).database).toBeUndefined();
  });
});

describe("the database", () => {
  test("libpq's variables count where nothing else says where it is", async () => {
    expect((await settingsOf({}, { PGHOST: "h" })).database).toEqual({ url: "", place: "PGHOST" });
    expect((await settingsOf({}, { PGPASSWORD: "x" })).database).toBeUndefined();
    const configured = { "gander.config.json": '{"databaseUrl": "postgres:///config"}' };
    expect((await settingsOf({}, { PGUSER: "me" }, configured)).database?.url).toBe("postgres:///config");
  });

  test("they may be in the file with variables, and the environment has what is in it", async () => {
    const found = await settingsOf({}, { PGUSER: "me" }, { ".env": "PGHOST=h\nPGUSER=other\nSECRET=1" });
    expect(found.database).toEqual({ url: "", place: "PGHOST in .env" });
    expect(found.environment).toEqual({ PGHOST: "h", PGUSER: "me", SECRET: "1" });
  });

  test("goose's driver must be PostgreSQL's, where its DSN is used", async () => {
    const goose = { GOOSE_DRIVER: "mysql", GOOSE_DBSTRING: "x" };
    await expect(settingsOf({}, goose)).rejects.toThrow(/GOOSE_DRIVER is mysql/u);
    expect((await settingsOf({ databaseUrl: "postgres:///d" }, goose)).database?.place).toBe("--database-url");
  });

  test("paths in a config file are meant from that file", async () => {
    const config = { "sub/gander.config.json": '{"dir": "./sql", "databaseUrl": "pglite:./db"}' };
    const found = await settingsOf({ config: "sub/gander.config.json" }, {}, config);
    expect(found).toMatchObject({ dir: "sub/sql", database: { url: "pglite:sub/db" } });
    expect((await settingsOf({}, {}, { "gander.config.json": '{"dir": "./sql"}' })).dir).toBe("./sql");
  });
});

describe("policies", () => {
  test("goose's --allow-missing is missing: apply", async () => {
    expect((await settingsOf({ allowMissing: true })).missing).toBe("apply");
    expect((await settingsOf({ missing: "ignore" }, { GANDER_ALLOW_MISSING: "true" })).missing).toBe("ignore");
    expect((await settingsOf({ allowMissing: true }, { GANDER_MISSING: "ignore" })).missing).toBe("apply");
    await expect(settingsOf({ allowMissing: true, missing: "error" })).rejects.toThrow(/--allow-missing says apply/u);
  });

  test("goose's own table is refused, wherever it is named", async () => {
    await expect(settingsOf({ table: "goose_db_version" })).rejects.toThrow(
      /--table: goose_db_version is goose's own/u,
    );
    await expect(settingsOf({}, { GOOSE_TABLE: "public.goose_db_version" })).rejects.toThrow(/^GOOSE_TABLE: /u);
  });
});

describe("mistakes name their place", () => {
  const config = (text: string): Record<string, string> => ({ "gander.config.json": text });
  test.each([
    [{ lockTimeout: "5x" }, {}, {}, '--lock-timeout is "5x", which is no duration'],
    [{}, { GANDER_WAIT: "soon" }, {}, 'GANDER_WAIT is "soon"'],
    [{}, {}, { ".env": "GANDER_WAIT=soon" }, "GANDER_WAIT in .env is"],
    [{}, {}, config('{"wait": "soon"}'), "wait in gander.config.json is"],
    [{}, {}, config('{"wait": 5}'), "wait in gander.config.json is 5 without a unit"],
    [{}, {}, config('{"json": "yes"}'), "json in gander.config.json is"],
    [{}, { GANDER_JSON: "perhaps" }, {}, "GANDER_JSON is"],
    [{ missing: "aply" }, {}, {}, '--missing is "aply", and must be error, apply or ignore'],
    [{}, {}, config('{"table": 5}'), "table in gander.config.json must be a text"],
    [{}, {}, config('{"databaseUrl": {}}'), "databaseUrl in gander.config.json must be a URL or a DSN"],
    [{ databaseUrl: "" }, {}, {}, "--database-url must be a URL or a DSN"],
    [{ envFile: "absent.env" }, {}, {}, "absent.env does not exist"],
  ])("%o %o %o", async (flags, environment, files, message) => {
    const kind = Object.keys(flags).length > 0 && !("envFile" in flags) ? UsageError : ConfigError;
    await expect(settingsOf(flags as Record<string, string>, environment, files)).rejects.toThrow(kind);
    await expect(settingsOf(flags as Record<string, string>, environment, files)).rejects.toThrow(message);
  });

  test("a near miss is suggested", async () => {
    await expect(settingsOf({ missing: "aply" })).rejects.toMatchObject({ hint: "Did you mean apply?" });
  });
});
