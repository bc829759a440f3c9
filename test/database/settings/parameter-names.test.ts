import { describe, expect, test } from "vitest";
import { sortParameters } from "../../../src/database/settings/parameter-names.ts";
import { ConfigError } from "../../../src/errors.ts";
import { createDatabase } from "../../support/create-database.ts";
import { servers } from "../../support/server-list.ts";

function sort(parameters: Record<string, string>) {
  const { own, server } = sortParameters(new Map(Object.entries(parameters)));
  return { own: Object.fromEntries(own), server: Object.fromEntries(server) };
}

test("tells our parameters from the server's and from those of other drivers", () => {
  expect(
    sort({
      host: "h",
      sslmode: "disable",
      pool_max_conns: "10",
      default_query_exec_mode: "simple_protocol",
      binary_parameters: "yes",
      pgbouncer: "true",
      connection_limit: "1",
      search_path: "app",
      statement_timeout: "5000",
      TimeZone: "UTC",
      "app.tenant": "42",
    }),
  ).toEqual({
    own: { host: "h", sslmode: "disable" },
    server: { search_path: "app", statement_timeout: "5000", TimeZone: "UTC", "app.tenant": "42" },
  });
});

test("knows other names for the same", () => {
  expect(sort({ database: "d", username: "u", schema: "s" })).toEqual({
    own: { dbname: "d", user: "u" },
    server: { search_path: "s" },
  });
});

test.each([
  ["true", "require"],
  ["1", "require"],
  ["false", "disable"],
  ["no-verify", "no-verify"],
])("takes ssl=%s for sslmode=%s", (ssl, sslmode) => {
  expect(sort({ ssl }).own).toEqual({ sslmode });
});

test("lets sslmode speak louder than ssl", () => {
  expect(sort({ sslmode: "verify-full", ssl: "false" }).own).toEqual({ sslmode: "verify-full" });
});

test.each([
  ["sslMode", "sslmode"],
  ["ssl_mode", "sslmode"],
  ["sslmod", "sslmode"],
  ["ssl-root-cert", "sslrootcert"],
  ["usr", "user"],
  ["hots", "host"],
  ["pasword", "password"],
  ["dbName", "dbname"],
  ["connectTimeout", "connect_timeout"],
  ["target_session_attr", "target_session_attrs"],
  ["applicationName", "application_name"],
  ["serach_path", "search_path"],
])("takes %s for a slip of the pen", (written, meant) => {
  expect(() => sort({ [written]: "x" })).toThrow(ConfigError);
  expect(() => sort({ [written]: "x" })).toThrow(`The connection parameter ${written} is not known`);
  try {
    sort({ [written]: "x" });
  } catch (error) {
    expect((error as ConfigError).hint).toBe(`Did you mean ${meant}?`);
  }
});

test("refuses what can be no name", () => {
  expect(() => sort({ "a b": "x" })).toThrow(ConfigError);
});

describe.each(servers())("PostgreSQL $major", (server) => {
  test("has no setting that would be taken for a slip of the pen", async () => {
    await using database = await createDatabase(server);
    const settings = await database.query<{ name: string }>(
      `SELECT name FROM pg_settings WHERE context IN ('user', 'superuser', 'backend', 'superuser-backend')
         AND name NOT IN ('application_name', 'client_encoding', 'tcp_user_timeout')`,
    );
    for (const { name } of settings) expect(sort({ [name]: "x" }).server).toEqual({ [name]: "x" });
    expect(settings.length).toBeGreaterThan(150);
  });
});
