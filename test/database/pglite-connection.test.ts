import type { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Connection } from "../../src/database/connection.ts";
import { createPGliteDatabase } from "../../src/database/pglite-database.ts";
import { ConnectionLostError } from "../../src/errors.ts";
import { createPGlite } from "../support/create-pglite.ts";
import { describeConnection } from "./contract.ts";

let pglite: PGlite;
beforeAll(async () => {
  pglite = await createPGlite();
});
afterAll(() => pglite.close());

describeConnection({
  name: "a PGlite instance",
  open: async () => ({ database: createPGliteDatabase(pglite), dispose: async () => {} }),
});

describe("a PGlite instance that the caller gave", () => {
  async function withConnection(work: (connection: Connection) => Promise<unknown>): Promise<void> {
    const connection = await createPGliteDatabase(pglite).connect();
    await work(connection);
    await connection.close();
  }

  test("stays open, and its session as it was", async () => {
    await pglite.exec("SET work_mem = '7MB'; SET search_path = public, pg_catalog; CREATE ROLE migrations");
    await withConnection(async (connection) => {
      await connection.send("SELECT pg_catalog.set_config('search_path', '', false)");
      await connection.send("SET statement_timeout = 0; RESET work_mem; SET ROLE migrations");
    });
    const { rows } = await pglite.query(
      "SELECT current_setting('search_path') AS path, current_setting('work_mem') AS memory, current_user AS role",
    );
    expect(rows).toEqual([{ path: "public, pg_catalog", memory: "7MB", role: "postgres" }]);
    await pglite.exec("RESET ALL; DROP ROLE migrations");
  });

  test("is left without an open transaction", async () => {
    await withConnection((connection) => connection.send("BEGIN; CREATE TABLE never ()"));
    expect((await pglite.query("SELECT to_regclass('never') AS found")).rows).toEqual([{ found: null }]);
  });

  test("has one session", async () => {
    const database = createPGliteDatabase(pglite);
    expect(database.severalConnections).toBe(false);
    const connection = await database.connect();
    expect(connection.keyProcessId).toBeUndefined();
    await expect(database.connect()).rejects.toThrow(/one session/);
    await connection.close();
    await expect(connection.send("SELECT 1")).rejects.toBeInstanceOf(ConnectionLostError);
    await (await database.connect()).close();
  });

  test("lets the caller's transactions end first", async () => {
    const connection = await createPGliteDatabase(pglite).connect();
    const order: string[] = [];
    let sent: Promise<unknown> | undefined;
    await pglite.transaction(async (transaction) => {
      sent = connection.send("SELECT 1").then(() => order.push("ours"));
      await transaction.query("SELECT 1");
      await transaction.query("SELECT 2");
      order.push("theirs");
    });
    await sent;
    expect(order).toEqual(["theirs", "ours"]);
    await connection.close();
  });

  test("passes an exception of the one who listens to notices on, after the message", async () => {
    await withConnection(async (connection) => {
      const onNotice = (): void => {
        throw new Error("listener failed");
      };
      const message = "DO $$ BEGIN RAISE INFO 'i'; END $$; CREATE TABLE reached ()";
      await expect(connection.send(message, { onNotice })).rejects.toThrow("listener failed");
      expect((await connection.send("DROP TABLE reached"))[0]?.command).toBe("DROP TABLE");
    });
  });
});
