import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { lockFolder } from "../../src/database/folder-lock.ts";
import { createEmbeddedDatabase } from "../../src/database/pglite-database.ts";
import { readProcessStart } from "../../src/database/process-identity.ts";
import { ConfigError, ConnectionError } from "../../src/errors.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gander-embedded-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("an embedded database in a folder", () => {
  test("keeps its data, serves one process, and begins each connection afresh", async () => {
    const path = join(folder, "made", "by us");
    const first = createEmbeddedDatabase(path);
    expect(first.description).toBe(`pglite:${path}`);
    const connection = await first.connect();
    await connection.send("CREATE TABLE kept (a int); SET search_path = elsewhere");
    await expect(createEmbeddedDatabase(path).connect()).rejects.toThrow(/is in use by this process/);
    await connection.close();
    const next = await first.connect();
    expect((await next.send("SHOW search_path"))[0]?.rows).toEqual([["public"]]);
    await next.close();
    await first.close();

    const second = createEmbeddedDatabase(path);
    const again = await second.connect();
    expect(await again.send("TABLE kept")).toMatchObject([{ command: "SELECT 0", columns: ["a"] }]);
    await again.close();
    await second.close();
    await second.close();
  });

  test("is not made among other files", async () => {
    await writeFile(join(folder, "precious.txt"), "");
    await expect(createEmbeddedDatabase(folder).connect()).rejects.toBeInstanceOf(ConfigError);
  });

  test("is not made in place of a file", async () => {
    await writeFile(join(folder, "file"), "");
    await expect(createEmbeddedDatabase(join(folder, "file")).connect()).rejects.toBeInstanceOf(ConfigError);
  });

  test("says so when it was made by something else", async () => {
    await writeFile(join(folder, "PG_VERSION"), "9.6\n");
    const database = createEmbeddedDatabase(folder);
    await expect(database.connect()).rejects.toThrow(/does not start/);
    // The lock is free again.
    lockFolder(folder).release();
  });
});

describe("the lock of a folder", () => {
  const lockFile = (): string => join(folder, "gander.lock");
  async function leaveLock(holder: object): Promise<void> {
    const complete = { host: hostname(), since: "2026-01-02T03:04:05.000Z", ...holder };
    await writeFile(lockFile(), JSON.stringify(complete));
  }

  test("names a holder that lives", async () => {
    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    await once(other, "spawn");
    await leaveLock({ pid: other.pid, processStart: readProcessStart(other.pid!) });
    expect(() => lockFolder(folder)).toThrow(
      `The embedded database in ${folder} is in use by process ${other.pid} since 2026-01-02T03:04:05.000Z`,
    );
    other.kill("SIGKILL");
    await once(other, "exit");
    lockFolder(folder).release();
  });

  test("is taken over from a process that had the same id before", async () => {
    await leaveLock({ pid: process.pid, processStart: "1 since boot another" });
    const lock = lockFolder(folder);
    expect(JSON.parse(await readFile(lockFile(), "utf8"))).toMatchObject({ pid: process.pid, host: hostname() });
    expect(() => lockFolder(folder)).toThrow(ConnectionError);
    lock.release();
    await expect(readFile(lockFile())).rejects.toThrow();
  });

  test("of another machine holds while it shows life", async () => {
    await leaveLock({ pid: 1, host: "another" });
    expect(() => lockFolder(folder)).toThrow(/by process 1 on another/);
    const twoMinutesAgo = Date.now() / 1000 - 120;
    await utimes(lockFile(), twoMinutesAgo, twoMinutesAgo);
    lockFolder(folder).release();
  });

  test("is left alone by a holder that has lost it", async () => {
    const lock = lockFolder(folder);
    await leaveLock({ pid: 1, host: "another" });
    lock.release();
    expect(await readFile(lockFile(), "utf8")).toContain("another");
  });

  test("that was never written to the end is held only as long as it is new", async () => {
    await writeFile(lockFile(), "{");
    expect(() => lockFolder(folder)).toThrow(/by another process/);
  });
});
