import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { newestServer, ownServers } from "../support/server-list.ts";
import { ask, failure, home } from "./open.ts";

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
