import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Connection, Database } from "../../src/database/connection.ts";
import { openDatabase, type DatabaseInput } from "../../src/database/open-database.ts";
import { ConfigError, ConnectionError, type GanderError } from "../../src/errors.ts";
import { createDatabase, urlOf, type TestDatabase } from "../support/create-database.ts";
import { startProxy } from "../support/proxy.ts";
import { newestServer, ownServers, servers } from "../support/server-list.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { describeConnection } from "./contract.ts";

const authority = fileURLToPath(new URL("../support/certificates/ca.crt", import.meta.url));

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "gander-home-"));
});
afterAll(() => rm(home, { recursive: true }));

/** Opened without the environment of whoever runs the tests. */
function open(input: DatabaseInput, env: Record<string, string> = {}): Database {
  return openDatabase(input, { env: { HOME: home, ...env }, applicationName: "test of gander" });
}

async function ask(input: DatabaseInput, query: string, env?: Record<string, string>): Promise<unknown> {
  const connection = await open(input, env).connect();
  const results = await connection.send(query).finally(() => connection.close());
  return results.at(-1)?.rows[0]?.[0];
}

async function failure(input: DatabaseInput, env?: Record<string, string>): Promise<GanderError> {
  const outcome: unknown = await open(input, env)
    .connect()
    .then((connection: Connection) => connection.close())
    .catch((error: unknown) => error);
  if (!(outcome instanceof ConnectionError)) throw new Error(`expected a ConnectionError, got ${String(outcome)}`);
  return outcome;
}

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

describe.each(ownServers())("PostgreSQL $major, as we set it up", (server) => {
  const name = (role: string): string => `${role}_${server.major}_${process.pid}`;
  const at = (role: string, password?: string, query = ""): string =>
    `${urlOf(server, "postgres", name(role), password)}${query === "" ? "" : `?${query}`}`;

  beforeAll(async () => {
    await using own = await createDatabase(server);
    await own.query(`
      CREATE ROLE ${name("secretive")} LOGIN PASSWORD 'right' IN ROLE gander_password;
      CREATE ROLE ${name("unwanted")} LOGIN IN ROLE gander_rejected;
      CREATE ROLE ${name("encrypted")} LOGIN IN ROLE gander_tls;
      CREATE ROLE ${name("busy")} LOGIN CONNECTION LIMIT 1;
    `);
  });
  afterAll(async () => {
    await using own = await createDatabase(server);
    await own.query(["secretive", "unwanted", "encrypted", "busy"].map((role) => `DROP ROLE ${name(role)}`).join(";"));
  });

  test("takes a password from the URL, PGPASSWORD and the password file", async () => {
    const user = name("secretive");
    expect(await ask(at("secretive", "right"), "SELECT current_user")).toBe(user);
    expect(await ask(at("secretive"), "SELECT current_user", { PGPASSWORD: "right" })).toBe(user);
    const file = join(home, "passwords");
    await writeFile(file, `127.0.0.1:${server.port}:*:${user}:right\n`);
    await chmod(file, 0o600);
    expect(await ask(at("secretive"), "SELECT current_user", { PGPASSFILE: file })).toBe(user);
    await chmod(file, 0o644);
    const error = await failure(at("secretive"), { PGPASSFILE: file });
    expect(error.message).toMatch(/asks for the password of user .* none was given/);
    expect(error.hint).toContain("chmod 600");
  });

  test("never repeats a wrong password, and says where it came from", async () => {
    const error = await failure(at("secretive", "hunter2"));
    expect(error.message).toContain(`refused the password of user ${name("secretive")}`);
    expect(error.hint).toBe("The password came from the connection string.");
    expect(error).toMatchObject({ sqlState: "28P01" });
    expect(`${error.message} ${error.hint} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain("hunter2");
    const config = {
      host: server.host,
      port: server.port,
      user: name("secretive"),
      database: "postgres",
      password: "hunter2",
    };
    expect((await failure(config)).message).toContain("refused the password");
  });

  test("says who is not let in", async () => {
    expect(await failure(at("unwanted"))).toMatchObject({
      sqlState: "28000",
      message: expect.stringContaining("does not let user") as string,
    });
    expect(await failure(at("nobody_at_all", "x"))).toMatchObject({ sqlState: "28000" });
  });

  test("says when there is no connection left", async () => {
    const connection = await open(at("busy")).connect();
    expect(await failure(at("busy"))).toMatchObject({
      sqlState: "53300",
      hint: expect.stringContaining("pooler") as string,
    });
    await connection.close();
  });

  describe("sslmode", () => {
    const isEncrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    const local = (query: string): string => urlOf(server, "postgres").replace("127.0.0.1", "localhost") + query;

    test.each([
      ["", "f"],
      ["?sslmode=disable", "f"],
      ["?sslmode=allow", "f"],
      ["?sslmode=prefer", "t"],
      ["?sslmode=require", "t"],
      ["?sslmode=no-verify", "t"],
      [`?sslmode=verify-ca&sslrootcert=${authority}`, "t"],
      [`?sslmode=verify-full&sslrootcert=${authority}`, "t"],
      [`?sslmode=require&sslrootcert=${authority}`, "t"],
      ["?ssl=true", "t"],
    ])("%s", async (query, expected) => {
      expect(await ask(local(query), isEncrypted)).toBe(expected);
    });

    test("takes TLS by itself where the server insists on it, and names it where it may not", async () => {
      expect(await ask(at("encrypted"), isEncrypted)).toBe("t");
      expect(await ask(at("encrypted", undefined, "sslmode=allow"), isEncrypted)).toBe("t");
      const error = await failure(at("encrypted", undefined, "sslmode=disable"));
      expect(error).toMatchObject({ sqlState: "28000", hint: expect.stringContaining("sslmode=require") as string });
    });

    test("verifies the name on verify-full only", async () => {
      const byAddress = (query: string): string => urlOf(server, "postgres") + query;
      expect(await ask(byAddress(`?sslmode=verify-ca&sslrootcert=${authority}`), isEncrypted)).toBe("t");
      const error = await failure(byAddress(`?sslmode=verify-full&sslrootcert=${authority}`));
      expect(error.message).toMatch(/TLS certificate of 127\.0\.0\.1:\d+ was not accepted/);
      const named = `host=localhost hostaddr=127.0.0.1 port=${server.port} user=postgres sslmode=verify-full sslrootcert=${authority}`;
      expect(await ask(named, isEncrypted)).toBe("t");
    });

    test("accepts no unknown authority", async () => {
      expect((await failure(local("?sslmode=verify-full"))).message).toMatch(/was not accepted/);
    });

    test("cancels through TLS", async () => {
      const connection = await open(local("?sslmode=require")).connect();
      let asked: Promise<void> | undefined;
      const outcome = connection.send("DO $$ BEGIN RAISE INFO 'go'; PERFORM pg_sleep(600); END $$", {
        onNotice: () => (asked = connection.cancel()),
      });
      await expect(outcome).rejects.toMatchObject({ sqlState: "57014" });
      await asked;
      await connection.close();
    });

    test("channel_binding=require needs a password and TLS", async () => {
      expect(await ask(at("secretive", "right", "sslmode=require&channel_binding=require"), isEncrypted)).toBe("t");
      expect((await failure(at("secretive", "right", "sslmode=disable&channel_binding=require"))).message).toMatch(
        /no channel binding/,
      );
    });

    test("require_auth refuses other methods before a password is sent", async () => {
      expect(await ask(at("secretive", "right", "require_auth=scram-sha-256"), isEncrypted)).toBe("f");
      expect((await failure(at("secretive", "right", "require_auth=!scram-sha-256"))).message).toMatch(
        /require_auth forbids/,
      );
      expect((await failure(`${urlOf(server, "postgres")}?require_auth=scram-sha-256`)).message).toMatch(/method none/);
    });
  });

  test.runIf(server.socketFolder !== undefined)("connects and cancels through a unix socket", async () => {
    const inputs = [
      `postgres:///postgres?host=${server.socketFolder}&port=${server.port}&user=postgres`,
      `postgres://postgres@${encodeURIComponent(server.socketFolder!)}:${server.port}/postgres`,
      `host=${server.socketFolder} port=${server.port} user=postgres sslmode=require`,
    ];
    for (const input of inputs) {
      const connection = await open(input).connect();
      let asked: Promise<void> | undefined;
      const outcome = connection.send("DO $$ BEGIN RAISE INFO 'go'; PERFORM pg_sleep(600); END $$", {
        onNotice: () => (asked = connection.cancel()),
      });
      await expect(outcome).rejects.toMatchObject({ sqlState: "57014" });
      await asked;
      await connection.close();
    }
    expect(open(inputs[0]!).description).toBe(`${server.socketFolder}:${server.port}/postgres`);
  });
});

describe.each(ownServers())("target_session_attrs on PostgreSQL $major", (server) => {
  let standby: RunningServer;
  let readOnly: TestDatabase;
  beforeAll(async () => {
    standby = await startServer(server.major, { standby: true });
    readOnly = await createDatabase(server);
    await readOnly.query(`ALTER DATABASE ${readOnly.name} SET default_transaction_read_only = on`);
  });
  afterAll(async () => {
    await standby.stop();
    await readOnly.drop();
  });

  const both = (wish: string): string =>
    `postgres://postgres@127.0.0.1:${standby.port},127.0.0.1:${server.port}/postgres?target_session_attrs=${wish}`;
  const isStandby = "SELECT pg_is_in_recovery()";

  test.each([
    ["any", "t"],
    ["read-write", "f"],
    ["read-only", "t"],
    ["primary", "f"],
    ["standby", "t"],
    ["prefer-standby", "t"],
  ])("%s", async (wish, expected) => {
    expect(await ask(both(wish), isStandby)).toBe(expected);
  });

  test("prefer-standby is content with a primary", async () => {
    const url = `postgres://postgres@127.0.0.1:${server.port}/postgres?target_session_attrs=prefer-standby`;
    expect(await ask(url, isStandby)).toBe("f");
  });

  test("comes from the environment, too", async () => {
    expect(await ask(both(""), isStandby, { PGTARGETSESSIONATTRS: "primary" })).toBe("f");
  });

  test("says what each server is where none fits", async () => {
    const url = `postgres://postgres@127.0.0.1:${standby.port},127.0.0.1:${server.port}/${readOnly.name}`;
    const missing = await failure(`${url}?target_session_attrs=read-write`);
    // The standby does not have this database, and says so for good.
    expect(missing).toMatchObject({ sqlState: "3D000" });
    const alone = `postgres://postgres@127.0.0.1:${server.port}/${readOnly.name}?target_session_attrs=read-write`;
    expect((await failure(alone)).message).toMatch(/is a primary that takes no writes/);
    expect((await failure(both("read-write").replace(/,.*\//, "/"))).message).toMatch(/is a standby/);
    expect(await ask(alone.replace("read-write", "read-only"), isStandby)).toBe("f");
  });
});

describe("a server that cannot be reached", () => {
  async function deadPort(): Promise<number> {
    const listener = createServer().listen(0, "127.0.0.1");
    await once(listener, "listening");
    const { port } = listener.address() as AddressInfo;
    listener.close();
    return port;
  }

  test("is named with host and port", async () => {
    const port = await deadPort();
    const error = await failure(`postgres://u:hunter2@127.0.0.1:${port}/d`);
    expect(error.message).toBe(`No server answers at 127.0.0.1:${port} (ECONNREFUSED)`);
    expect((await failure({ host: "127.0.0.1", port, user: "u" })).message).toContain(`127.0.0.1:${port}`);
    expect((await failure(`host=${home} user=u`)).message).toBe(`No server answers at ${home}:5432 (ENOENT)`);
  });

  test("has a name that nobody knows", async () => {
    expect((await failure("postgres://u@nowhere.invalid/d")).message).toMatch(/The host name of nowhere\.invalid:5432/);
  });

  test("does not answer in time", async () => {
    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const error = await failure(`postgres://u@127.0.0.1:${port}/d?connect_timeout=1`);
    expect(error.message).toBe(`127.0.0.1:${port} did not answer in time (timeout expired)`);
    silent.close();
  });

  test("is no PostgreSQL server", async () => {
    const rude = createServer((socket) => socket.end()).listen(0, "127.0.0.1");
    await once(rude, "listening");
    const { port } = rude.address() as AddressInfo;
    const error = await failure(`postgres://u@127.0.0.1:${port}/d`);
    expect(error.message).toContain(`127.0.0.1:${port} closed the connection before it was made`);
    rude.close();
  });

  test("is passed over where there is another one", async () => {
    const server = newestServer();
    const port = await deadPort();
    const list = `postgres://postgres@127.0.0.1:${port},127.0.0.1:${server.port}/postgres`;
    if (server.ours) expect(await ask(list, "SELECT 1")).toBe("1");
    const error = await failure(`postgres://u@127.0.0.1:${port},localhost:${port}/d`);
    expect(error.message.split("\n")).toEqual([
      "None of 2 servers could be used:",
      `- No server answers at 127.0.0.1:${port} (ECONNREFUSED)`,
      `- No server answers at localhost:${port} (ECONNREFUSED)`,
    ]);
  });
});

describeConnection({
  name: "an embedded database in memory",
  open: async () => ({ database: open("pglite:"), dispose: async () => {} }),
});

test("a connection costs no more round trips than that of pg, and a message one", async () => {
  const server = newestServer();
  const proxy = await startProxy({ host: server.host, port: server.port });
  const url = new URL(server.url);
  url.host = `${proxy.host}:${proxy.port}`;

  const client = new pg.Client(url.href);
  await client.connect();
  await client.query("SELECT 1");
  await client.end();
  const expected = proxy.traffic();
  proxy.reset();

  const connection = await open(url.href).connect();
  await connection.send("SELECT 1");
  await connection.close();
  const traffic = proxy.traffic();
  await proxy.close();
  expect(traffic).toMatchObject({ connections: expected.connections, roundTrips: expected.roundTrips });
});

test("a server without TLS is asked for it once", async () => {
  await using own = await createDatabase(newestServer());
  let asked = 0;
  // Answers the request for TLS as a server without it does, and passes everything else on.
  const plain = createServer((socket) => {
    socket.once("data", (first: Buffer) => {
      if (first.length === 8) {
        asked++;
        socket.end("N");
        return;
      }
      const upstream = connect(own.server.port, own.server.host);
      upstream.write(first);
      socket.pipe(upstream).pipe(socket);
      socket.on("error", () => upstream.destroy());
      upstream.on("error", () => socket.destroy());
    });
  }).listen(0, "127.0.0.1");
  await once(plain, "listening");
  const url = new URL(own.url);
  url.host = `127.0.0.1:${(plain.address() as AddressInfo).port}`;
  const database = open(`${url.href}?sslmode=prefer`);
  for (const _ of [1, 2]) {
    const connection = await database.connect();
    expect(await connection.send("SELECT 1")).toHaveLength(1);
    await connection.close();
  }
  expect(asked).toBe(1);
  expect((await failure(`${url.href}?sslmode=require`)).message).toMatch(/does not take TLS connections/);
  plain.close();
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
