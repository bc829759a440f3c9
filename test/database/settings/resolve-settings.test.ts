import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readPasswordFile } from "../../../src/database/settings/password-file.ts";
import { resolveSettings } from "../../../src/database/settings/resolve-settings.ts";
import { tlsAttempts } from "../../../src/database/settings/tls-settings.ts";
import { ConfigError } from "../../../src/errors.ts";

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "gander-home-"));
  await writeFile(
    join(home, ".pg_service.conf"),
    "# services\n[other]\nhost=other\n\n[app]\nhost=db.example.com\nport = 6432\nuser=deploy\npassword=p=w\nsearch_path=app\n[last]\n",
  );
});
afterAll(() => rm(home, { recursive: true }));

function resolve(text: string, env: Record<string, string> = {}) {
  return resolveSettings(text, { HOME: home, ...env }, "gander");
}

describe("defaults", () => {
  test("are libpq's", () => {
    const settings = resolve("");
    const socket = existsSync("/var/run/postgresql/.s.PGSQL.5432") || existsSync("/tmp/.s.PGSQL.5432");
    expect(settings).toMatchObject({
      user: userInfo().username,
      database: userInfo().username,
      password: undefined,
      passwordFile: join(home, ".pgpass"),
      targetSession: "any",
      hosts: [{ port: 5432 }],
    });
    if (!socket) expect(settings.hosts[0]?.host).toBe("localhost");
    expect(Object.fromEntries(settings.startup)).toEqual({ application_name: "gander" });
  });

  test("name the database like the user", () => {
    expect(resolve("postgres://someone@h")).toMatchObject({ user: "someone", database: "someone" });
  });
});

describe("the environment", () => {
  test("counts less than what is written", () => {
    const env = { PGHOST: "env", PGPORT: "1", PGUSER: "u", PGDATABASE: "d", PGPASSWORD: "p", PGAPPNAME: "n" };
    expect(resolve("", env)).toMatchObject({
      hosts: [{ host: "env", port: 1 }],
      user: "u",
      database: "d",
      password: "p",
      passwordSource: "PGPASSWORD or the service file",
    });
    expect(resolve("", env).startup.get("application_name")).toBe("n");
    expect(resolve("postgres://w:x@written:2/y?application_name=z", env)).toMatchObject({
      hosts: [{ host: "written", port: 2 }],
      user: "w",
      database: "y",
      password: "x",
      passwordSource: "the connection string",
    });
    expect(resolve("postgres://written", env).hosts).toEqual([{ host: "written", address: undefined, port: 1 }]);
  });

  test("sets options and settings of the server", () => {
    const startup = resolve("", {
      PGOPTIONS: "-c work_mem=4MB",
      PGTZ: "UTC",
      PGDATESTYLE: "ISO",
      PGGEQO: "off",
    }).startup;
    expect(Object.fromEntries(startup)).toMatchObject({
      options: "-c work_mem=4MB",
      TimeZone: "UTC",
      DateStyle: "ISO",
      geqo: "off",
    });
  });

  test("is the only one that is looked at", () => {
    expect(resolve("postgres://h/d").password).toBeUndefined();
    process.env["PGPASSWORD"] = "of the process";
    try {
      expect(resolve("postgres://h/d").password).toBeUndefined();
    } finally {
      delete process.env["PGPASSWORD"];
    }
  });
});

describe("several hosts", () => {
  test("have one port each, or one for all, or the usual one", () => {
    const hosts = (text: string) => resolve(text).hosts.map(({ host, port }) => `${host}:${port}`);
    expect(hosts("host=a,b port=1,2")).toEqual(["a:1", "b:2"]);
    expect(hosts("host=a,b port=1")).toEqual(["a:1", "b:1"]);
    expect(hosts("host=a,b")).toEqual(["a:5432", "b:5432"]);
    expect(hosts("postgres://a,b:2/d")).toEqual(["a:5432", "b:2"]);
  });

  test("may have addresses", () => {
    expect(resolve("host=db.example.com hostaddr=10.0.0.1").hosts).toEqual([
      { host: "db.example.com", address: "10.0.0.1", port: 5432 },
    ]);
    expect(resolve("hostaddr=10.0.0.1").hosts).toEqual([{ host: "10.0.0.1", address: "10.0.0.1", port: 5432 }]);
  });

  test.each(["host=a,b port=1,2,3", "host=a,b hostaddr=10.0.0.1"])("%s does not go together", (text) => {
    expect(() => resolve(text)).toThrow(ConfigError);
  });
});

test.each([
  ["port=0", /port/],
  ["port=65536", /port/],
  ["port=abc", /port/],
  ["sslmode=on", /sslmode is on, and takes disable, allow/],
  ["target_session_attrs=writable", /target_session_attrs/],
  ["connect_timeout=soon", /connect_timeout/],
  ["channel_binding=maybe", /channel_binding/],
  ["load_balance_hosts=yes", /load_balance_hosts/],
  ["gssencmode=require", /gssencmode/],
  ["sslrootcert=system sslmode=require", /verify-full/],
  ["sslnegotiation=direct sslmode=prefer", /sslnegotiation/],
  ["service=nowhere", /no service nowhere/],
])("%s is a mistake", (text, message) => {
  expect(() => resolve(text)).toThrow(ConfigError);
  expect(() => resolve(text)).toThrow(message);
});

test("times are read as libpq has them", () => {
  expect(resolve("connect_timeout=5 keepalives_idle=7")).toMatchObject({ connectTimeout: 5_000, keepAlive: 7_000 });
  expect(resolve("keepalives=0").keepAlive).toBeUndefined();
  expect(resolve("", { PGCONNECT_TIMEOUT: "9" }).connectTimeout).toBe(9_000);
});

describe("a service", () => {
  test("counts more than the environment and less than what is written", () => {
    const settings = resolve("service=app port=1", { PGHOST: "env", PGDATABASE: "env" });
    expect(settings).toMatchObject({
      hosts: [{ host: "db.example.com", port: 1 }],
      user: "deploy",
      database: "env",
      password: "p=w",
    });
    expect(settings.startup.get("search_path")).toBe("app");
    expect(resolve("", { PGSERVICE: "app" }).hosts[0]?.host).toBe("db.example.com");
    expect(resolve("postgres:///?service=app").user).toBe("deploy");
  });

  test("is found in files of other names", async () => {
    const folder = join(home, "etc");
    await mkdir(folder);
    await writeFile(join(folder, "pg_service.conf"), "[system]\nhost=from-system\n");
    await writeFile(join(folder, "mine"), "[mine]\nhost=from-mine\n[broken]\nno value\n");
    expect(resolve("service=system", { PGSYSCONFDIR: folder }).hosts[0]?.host).toBe("from-system");
    expect(resolve("service=mine", { PGSERVICEFILE: join(folder, "mine") }).hosts[0]?.host).toBe("from-mine");
    expect(() => resolve("service=broken", { PGSERVICEFILE: join(folder, "mine") })).toThrow(/mine:4/);
  });
});

describe("a password file", () => {
  const key = { host: "h", port: 5432, database: "d", user: "u" };
  async function lookUp(lines: string, wanted: Partial<typeof key> = {}) {
    const file = join(home, "passwords");
    await writeFile(file, lines, { mode: 0o600 });
    return readPasswordFile(file, { ...key, ...wanted }).password;
  }

  test.each<[string, string, Partial<typeof key>]>([
    ["h:5432:d:u:secret", "secret", {}],
    ["*:*:*:*:secret", "secret", {}],
    ["# a comment\n\nx:5432:d:u:no\nh:5432:d:u:yes\n*:*:*:*:late", "yes", {}],
    ["h:5432:d:u:with:colons:in it", "with:colons:in it", {}],
    [String.raw`h:5432:d:u:back\\slash\:`, "back\\slash:", {}],
    [String.raw`h:5432:d\:b:u\\:secret`, "secret", { database: "d:b", user: "u\\" }],
    [String.raw`\:\:1:5432:d:u:six`, "six", { host: "::1" }],
    ["localhost:5432:d:u:socket", "socket", { host: "/var/run/postgresql" }],
    ["/tmp:5432:d:u:socket", "socket", { host: "/tmp" }],
    ["h:5432:d:u:windows\r\n", "windows", {}],
  ])("%j has %j", async (lines, expected, wanted) => {
    expect(await lookUp(lines, wanted)).toBe(expected);
  });

  test.each(["h:5433:d:u:no", "h:5432:d:u", "g:*:*:*:no", "h:5432:e:u:no", "h:5432:d:v:no", ""])(
    "%j has none",
    async (lines) => {
      expect(await lookUp(lines)).toBeUndefined();
    },
  );

  test("is ignored while others may read it", async () => {
    const file = join(home, "open");
    await writeFile(file, "*:*:*:*:secret");
    await chmod(file, 0o644);
    const found = readPasswordFile(file, key);
    expect(found.password).toBeUndefined();
    expect(found.note).toContain(`chmod 600 ${file}`);
  });
});

describe("sslmode", () => {
  function attempts(text: string, host = "db.example.com"): string[] {
    return tlsAttempts(resolve(text).tls, host).map((attempt) => {
      if (attempt === false) return "plain";
      return attempt.rejectUnauthorized === true ? "verified" : "encrypted";
    });
  }

  test.each([
    ["", ["encrypted", "plain"]],
    ["sslmode=disable", ["plain"]],
    ["sslmode=allow", ["plain", "encrypted"]],
    ["sslmode=prefer", ["encrypted", "plain"]],
    ["sslmode=require", ["encrypted"]],
    ["sslmode=no-verify", ["encrypted"]],
    ["sslmode=verify-full", ["verified"]],
    ["sslrootcert=system", ["verified"]],
  ])("%j tries %j", (text, expected) => {
    expect(attempts(text)).toEqual(expected);
  });

  test("changes nothing on a unix socket, and is not asked for on one machine", () => {
    expect(attempts("sslmode=require", "/tmp")).toEqual(["plain"]);
    expect(attempts("", "localhost")).toEqual(["plain", "encrypted"]);
    expect(attempts("sslmode=prefer", "127.0.0.1")).toEqual(["encrypted", "plain"]);
  });

  test("verifies on require where the authority is known, as libpq does", async () => {
    await mkdir(join(home, ".postgresql"));
    await writeFile(join(home, ".postgresql", "root.crt"), "certificate");
    expect(attempts("sslmode=require")).toEqual(["verified"]);
    expect(attempts("sslmode=prefer")).toEqual(["encrypted", "plain"]);
    await rm(join(home, ".postgresql"), { recursive: true });
  });

  test("says which file is missing", () => {
    expect(() => attempts("sslmode=verify-ca")).toThrow(/verify-ca needs/);
    expect(() => attempts("sslmode=verify-full sslrootcert=/nowhere.crt")).toThrow(/sslrootcert .*nowhere\.crt/);
    expect(() => attempts("sslmode=require sslcert=/nowhere.crt")).toThrow(/sslcert/);
  });
});
