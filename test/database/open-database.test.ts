import { inspect } from "node:util";
import pg from "pg";
import { describe, expect, test } from "vitest";
import type { DatabaseInput } from "../../src/database/open-database.ts";
import { ConfigError } from "../../src/errors.ts";
import { createDatabase, urlOf, type TestDatabase } from "../support/create-database.ts";
import { startProxy } from "../support/proxy.ts";
import { newestServer, servers } from "../support/server-list.ts";
import { describeConnection } from "./contract.ts";
import { ask, failure, open } from "./open.ts";

describe.each(servers())("PostgreSQL $major", (server) => {
  const subjects: readonly [string, (own: TestDatabase) => DatabaseInput][] = [
    ["a URL", (own) => own.url],
    ["a URL object", (own) => new URL(own.url)],
    ["a configuration", (own) => ({ connectionString: own.url })],
  ];
  for (const [name, inputOf] of subjects) {
    describeConnection({
      name,
      open: async () => {
        const own = await createDatabase(server);
        return { database: open(inputOf(own)), dispose: own.drop };
      },
    });
  }

  test("ends its sessions", async () => {
    await using own = await createDatabase(server);
    const connection = await open(own.url).connect();
    const pid = connection.keyProcessId;
    await connection.close();
    expect(await own.query(`SELECT pid FROM pg_stat_activity WHERE pid = ${pid}`)).toEqual([]);
  });

  test("says that a database does not exist, and how to make it", async () => {
    const error = await failure(urlOf(server, "no_such_database"));
    expect(error.message).toBe(`${server.host}:${server.port} has no database no_such_database`);
    expect(error.hint).toContain("CREATE DATABASE no_such_database;");
    expect(error).toMatchObject({ code: "GANDER_CONNECTION", sqlState: "3D000", cause: { sqlState: "3D000" } });
  });

  test("sends settings of the server along", async () => {
    const url = `${urlOf(server, "postgres")}?search_path=pg_catalog&work_mem=7MB&app.tenant=42&options=-c%20random_page_cost=3`;
    expect(await ask(url, "SHOW search_path")).toBe("pg_catalog");
    expect(await ask(url, "SELECT concat_ws(' ', current_setting('work_mem'), current_setting('app.tenant'))")).toBe(
      "7MB 42",
    );
    expect(await ask(url, "SHOW random_page_cost")).toBe("3");
    expect(await ask(url, "SHOW application_name")).toBe("test of gander");
    expect(await ask(`${url}&application_name=mine`, "SHOW application_name")).toBe("mine");
    expect((await failure(`${url}&no_such_setting=1`)).message).toMatch(/does not know .*no_such_setting/);
  });

  test("speaks UTF-8 whatever the role's client_encoding", async () => {
    await using own = await createDatabase(server);
    await own.query(`ALTER DATABASE ${own.name} SET client_encoding = 'LATIN1'`);
    expect(await ask(own.url, "SELECT length('é😀')")).toBe("2");
  });
});

describeConnection({
  name: "an embedded database in memory",
  open: async () => ({ database: open("pglite:"), dispose: async () => {} }),
});

test("a connection can be closed when the network says nothing any more", async () => {
  const server = newestServer();
  const proxy = await startProxy({ host: server.host, port: server.port });
  const url = new URL(server.url);
  url.host = `${proxy.host}:${proxy.port}`;
  const connection = await open(url.href).connect();
  proxy.freeze();
  await connection.close();
  await proxy.close();
});

test("a connection costs no more round trips than that of pg, and a message one", async () => {
  const server = newestServer();
  const proxy = await startProxy({ host: server.host, port: server.port });
  const url = new URL(server.url);
  url.host = `${proxy.host}:${proxy.port}`;

  const client = new pg.Client(url.href);
  await client.connect();
  await client.query("SELECT 1");
  const expected = proxy.traffic();
  await client.end();
  proxy.reset();

  const connection = await open(url.href).connect();
  await connection.send("SELECT 1");
  const traffic = proxy.traffic();
  await connection.close();
  await proxy.close();
  expect(traffic).toMatchObject({ connections: expected.connections, roundTrips: expected.roundTrips });
});

describe("an input", () => {
  test("of pg-native is refused", async () => {
    const client = { connect: () => {}, query: () => {}, end: () => {}, on: () => {}, host: "h", port: 1, native: {} };
    expect(() => open(client as unknown as DatabaseInput)).toThrow(/pg-native is not supported/);
  });

  test("of another kind is refused", () => {
    const cases: readonly unknown[] = [
      42,
      undefined,
      null,
      () => {},
      { url: "postgres://h" },
      "mysql://h",
      new URL("https://h"),
    ];
    for (const input of cases) expect(() => open(input as DatabaseInput)).toThrow(ConfigError);
  });

  test("with a URL that pg cannot read is not repeated", async () => {
    const connectionString = "postgres://u:hunter2@[h/d";
    for (const input of [{ connectionString }, new pg.Pool({ connectionString })]) {
      const error: unknown = await open(input)
        .connect()
        .catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(ConfigError);
      expect(inspect(error)).not.toContain("hunter2");
    }
  });

  test("that is a Database already is taken as it is", () => {
    const database = open("postgres://h/d");
    expect(open(database)).toBe(database);
  });

  test("is described without its password", () => {
    expect(open("postgres://u:hunter2@h/d").description).toBe("h:5432/d");
    expect(open("postgres://u:hunter2@a:1,[::1]:2/d").description).toBe("a:1,[::1]:2/d");
    expect(open({ host: "h", password: "hunter2", database: "d" }).description).toBe("h:5432/d");
    expect(open({ connectionString: "postgres://u:hunter2@h:1/d" }).description).toBe("h:1/d");
    expect(open(new pg.Pool({ connectionString: "postgres://u:hunter2@h:1/d" })).description).toBe("h:1/d");
    expect(open(new pg.Client("postgres://u:hunter2@h:1/d")).description).toBe("h:1/d");
    expect(open("pglite:").description).toBe("pglite: (in memory)");
    expect(open("pglite:./a%20b").description).toBe("pglite:./a b");
    expect(open("pglite:///a/b").description).toBe("pglite:/a/b");
    expect(open(new URL("pglite:./data")).description).toBe("pglite:./data");
  });
});
