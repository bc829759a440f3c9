import { describe, expect, test } from "vitest";
import { createDatabase } from "./create-database.ts";
import { servers } from "./server-list.ts";

describe.each(servers())("PostgreSQL $major", (server) => {
  test("is the major that was asked for", async () => {
    await using database = await createDatabase(server);
    const [row] = await database.query<{ version: string }>("SELECT current_setting('server_version_num') AS version");
    expect(Math.floor(Number(row?.version) / 10_000)).toBe(server.major);
  });

  test("gives each test a database of its own", async () => {
    await using one = await createDatabase(server);
    await using two = await createDatabase(server);
    await one.query("CREATE TABLE t ()");
    expect(await two.query("SELECT to_regclass('t') AS found")).toEqual([{ found: null }]);
  });
});
