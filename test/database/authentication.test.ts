import { chmod, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDatabase, urlOf } from "../support/create-database.ts";
import { newestServer, ownServers } from "../support/server-list.ts";
import { ask, failure, home, open } from "./open.ts";

const authority = fileURLToPath(new URL("../support/certificates/ca.crt", import.meta.url));

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
  if (own.server.ours) {
    await own.query(`CREATE ROLE rejected_${process.pid} LOGIN IN ROLE gander_rejected`);
    url.username = `rejected_${process.pid}`;
    // Refused without TLS, it was asked for TLS; the first answer is the one that says why.
    expect((await failure(url.href)).message).toMatch(/pg_hba\.conf rejects connection/);
    await own.query(`DROP ROLE rejected_${process.pid}`);
  }
  url.username = new URL(own.url).username;
  expect((await failure(`${url.href}?sslmode=require`)).message).toMatch(/does not take TLS connections/);
  plain.close();
});
