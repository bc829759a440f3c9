import pg from "pg";
import { describe, expect, test } from "vitest";
import { ConnectionLostError } from "../../src/errors.ts";
import { createDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";
import { open } from "./open.ts";

describe.each(servers())("messages that are sent at once, on PostgreSQL $major", (server) => {
  test("are each a message of their own, also where PostgreSQL wants a statement alone", async () => {
    await using own = await createDatabase(server);
    const connection = await open(own.url).connect();
    await connection.send("CREATE TABLE a (x int)");
    const answers = await connection.sendTogether?.([
      "SET work_mem = '7MB'; SELECT pg_backend_pid() AS pid",
      "CREATE INDEX CONCURRENTLY a_x ON a (x)",
      "SHOW work_mem; SELECT pg_backend_pid() AS pid",
    ]);
    expect(answers?.map((results) => results.map(({ command }) => command))).toEqual([
      ["SET", "SELECT 1"],
      ["CREATE INDEX"],
      ["SHOW", "SELECT 1"],
    ]);
    expect(answers?.[2]?.[0]?.rows).toEqual([["7MB"]]);
    expect(answers?.[2]?.[1]?.rows).toEqual(answers?.[0]?.[1]?.rows);
    await connection.close();
  });

  test.each([
    ["the first", ["SELECT 1/0", "INSERT INTO done VALUES (1)", "INSERT INTO done VALUES (2)"], 2],
    ["one in the middle", ["INSERT INTO done VALUES (1)", "SELECT 1/0", "INSERT INTO done VALUES (2)"], 2],
    ["the last", ["INSERT INTO done VALUES (1)", "INSERT INTO done VALUES (2)", "SELECT 1/0"], 2],
    ["all", ["SELECT 1/0", "SELECT nowhere", "SELECT 1/0"], 0],
  ])("an error in %s does not keep the others from being run, and is told", async (_, messages, done) => {
    await using own = await createDatabase(server);
    await own.query("CREATE TABLE done (n int)");
    const connection = await open(own.url).connect();
    await expect(connection.sendTogether?.(messages)).rejects.toMatchObject({ sqlState: "22012" });
    expect((await connection.send("SELECT count(*) FROM done"))[0]?.rows).toEqual([[String(done)]]);
    await connection.close();
  });

  test("leave a Client of the caller to its owner", async () => {
    await using own = await createDatabase(server);
    const client = new pg.Client(own.url);
    await client.connect();
    const database = open(client);
    const connection = await database.connect();
    const [answers, rows] = await Promise.all([
      connection.sendTogether?.(["SELECT 1", "SELECT 1/0", "SELECT 3"]).catch((error: Error) => error.message),
      client.query("SELECT 4 AS four"),
    ]);
    expect(answers).toBe("division by zero");
    expect(rows.rows).toEqual([{ four: 4 }]);
    await connection.close();
    expect((await client.query("SELECT 5 AS five")).rows).toEqual([{ five: 5 }]);
    await expect(client.query("SELECT 1/0")).rejects.toThrow("division by zero");
    await client.end();
  });

  test("a connection that is lost between them is lost", async () => {
    await using own = await createDatabase(server);
    const connection = await open(own.url).connect();
    const lost = connection.sendTogether?.(["SELECT 1", "SELECT pg_terminate_backend(pg_backend_pid())", "SELECT 3"]);
    await expect(lost).rejects.toThrow(ConnectionLostError);
    await connection.close();
  });
});
