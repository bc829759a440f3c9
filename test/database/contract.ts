import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Connection, Database, Notice } from "../../src/database/connection.ts";
import { PostgresError } from "../../src/database/postgres-error.ts";

/** What a Database must be opened from, and how to make the things that a test needs beside it. */
export interface ContractSubject {
  readonly name: string;
  open(): Promise<{ database: Database; dispose(): Promise<void> }>;
}

/** What every adapter promises, run on each of them. */
export function describeConnection(subject: ContractSubject): void {
  describe(subject.name, () => {
    let opened: { database: Database; dispose(): Promise<void> };
    let connection: Connection;

    beforeAll(async () => {
      opened = await subject.open();
      connection = await opened.database.connect();
    });
    afterEach(async () => {
      await connection.send("ROLLBACK");
    });
    afterAll(async () => {
      await connection.close();
      await connection.close();
      await opened.database.close();
      await opened.dispose();
    });

    async function failure(message: string): Promise<PostgresError> {
      const outcome = await connection.send(message).catch((error: unknown) => error);
      if (!(outcome instanceof PostgresError)) throw new Error(`expected a PostgresError, got ${String(outcome)}`);
      return outcome;
    }

    async function value(query: string): Promise<string | null | undefined> {
      const results = await connection.send(query);
      return results.at(-1)?.rows[0]?.[0];
    }

    test("gives one result a statement", async () => {
      const results = await connection.send(
        "CREATE TEMP TABLE c (a int, b text); INSERT INTO c VALUES (1, 'x'), (2, NULL); SELECT * FROM c ORDER BY a; DROP TABLE c",
      );
      expect(results).toEqual([
        { command: "CREATE TABLE", columns: [], rows: [] },
        { command: "INSERT 0 2", columns: [], rows: [] },
        {
          command: "SELECT 2",
          columns: ["a", "b"],
          rows: [
            ["1", "x"],
            ["2", null],
          ],
        },
        { command: "DROP TABLE", columns: [], rows: [] },
      ]);
    });

    test("gives values as PostgreSQL writes them", async () => {
      const [result] = await connection.send(
        `SELECT 9223372036854775807::int8, true, 1.50::numeric, '\\x00ff'::bytea, ARRAY[1,2], '{"a": 1}'::json, ''::text, 'é😀'`,
      );
      expect(result?.rows).toEqual([["9223372036854775807", "t", "1.50", "\\x00ff", "{1,2}", '{"a": 1}', "", "é😀"]]);
    });

    test("names no columns and every row where there are none", async () => {
      const [result] = await connection.send("SELECT FROM generate_series(1, 2)");
      expect(result).toEqual({ command: "SELECT 2", columns: [], rows: [[], []] });
    });

    test.each(["", "  \n", ";;", "-- nothing", "/* nothing */ -- at all\n;"])(
      "takes the empty message %j",
      async (text) => {
        expect(await connection.send(text)).toEqual([]);
        expect(await value("SELECT 1")).toBe("1");
      },
    );

    test("stops at the first error and counts what completed before it", async () => {
      const error = await failure("SELECT 1; CREATE TEMP TABLE d (); SELECT 1/0; SELECT 3");
      expect(error.fields).toMatchObject({ severity: "ERROR", sqlState: "22012", message: "division by zero" });
      expect(error.completed).toBe(2);
      expect(await value("SELECT to_regclass('d')")).toBeNull();
    });

    test("keeps what was committed before the error in the same message", async () => {
      const error = await failure(
        "BEGIN; CREATE TEMP TABLE kept (); COMMIT; BEGIN; CREATE TEMP TABLE lost (); SELECT 1/0; COMMIT",
      );
      expect(error.completed).toBe(5);
      await connection.send("ROLLBACK");
      expect(await value("SELECT to_regclass('kept')")).toBe("kept");
      expect(await value("SELECT to_regclass('lost')")).toBeNull();
      await connection.send("DROP TABLE kept");
    });

    test("counts nothing where a syntax error refuses the whole message", async () => {
      const error = await failure("SELECT 1; SELECT 2; SELEKT 3");
      expect(error.completed).toBe(0);
      expect(error.fields).toMatchObject({ sqlState: "42601", position: 21 });
    });

    test("counts positions in code points over the whole message", async () => {
      const error = await failure("SELECT '😀é'; SELECT nowhere");
      expect(error.fields).toMatchObject({ sqlState: "42703", position: 21 });
      expect(error.completed).toBe(1);
    });

    test("passes detail, hint and names on", async () => {
      await connection.send("BEGIN; CREATE TABLE parent (id int CONSTRAINT parent_key PRIMARY KEY)");
      const unique = await failure("INSERT INTO parent VALUES (7); INSERT INTO parent VALUES (7)");
      expect(unique.fields).toMatchObject({
        sqlState: "23505",
        detail: "Key (id)=(7) already exists.",
        table: "parent",
        constraint: "parent_key",
      });
      expect(unique.fields.schema).toBeTypeOf("string");
      const raised = await failure(
        "ROLLBACK; DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = 'ZZ001', DETAIL = 'd', HINT = 'h', COLUMN = 'c', DATATYPE = 't'; END $$",
      );
      expect(raised.fields).toMatchObject({
        sqlState: "ZZ001",
        message: "no",
        detail: "d",
        hint: "h",
        column: "c",
        dataType: "t",
      });
      expect(raised.fields.where).toMatch(/inline_code_block line 1/);
    });

    test("tells the place inside a block", async () => {
      const error = await failure("DO $$ BEGIN PERFORM nowhere; END $$");
      expect(error.fields).toMatchObject({ sqlState: "42703", internalPosition: 8, internalQuery: "SELECT nowhere" });
    });

    test("leaves a failed transaction failed until it is rolled back", async () => {
      await failure("BEGIN; SELECT 1/0");
      expect((await failure("SELECT 1")).sqlState).toBe("25P02");
      expect((await connection.send("COMMIT"))[0]?.command).toBe("ROLLBACK");
      expect(await value("SELECT 1")).toBe("1");
    });

    test("keeps session state from one message to the next", async () => {
      await connection.send("SET search_path = pg_catalog, 'odd schema'");
      expect(await value("SHOW search_path")).toBe('pg_catalog, "odd schema"');
      await connection.send("RESET search_path");
    });

    test("tells notices, also those that a SET hides", async () => {
      const notices: Notice[] = [];
      await connection.send(
        "DO $$ BEGIN RAISE NOTICE 'n' USING DETAIL = 'd', HINT = 'h'; RAISE WARNING 'w'; RAISE INFO 'i'; END $$",
        { onNotice: (notice) => notices.push(notice) },
      );
      expect(notices).toEqual([
        { severity: "NOTICE", sqlState: "00000", message: "n", detail: "d", hint: "h" },
        { severity: "WARNING", sqlState: "01000", message: "w" },
        { severity: "INFO", sqlState: "00000", message: "i" },
      ]);
      const quiet: string[] = [];
      await connection.send(
        "BEGIN; SET LOCAL client_min_messages = error; DO $$ BEGIN RAISE NOTICE 'n'; RAISE INFO 'i'; END $$",
        { onNotice: (notice) => quiet.push(notice.message) },
      );
      expect(quiet).toEqual(["i"]);
    });

    test("tells notices before an error", async () => {
      const notices: string[] = [];
      const onNotice = (notice: Notice): void => void notices.push(notice.message);
      const message = "DO $$ BEGIN RAISE INFO 'one'; END $$; DO $$ BEGIN RAISE INFO 'two'; END $$; SELECT 1/0";
      await expect(connection.send(message, { onNotice })).rejects.toMatchObject({ completed: 2 });
      expect(notices).toEqual(["one", "two"]);
    });

    test("refuses COPY FROM STDIN and goes on", async () => {
      await connection.send("CREATE TEMP TABLE copied (a int)");
      const error = await failure("SELECT 1; COPY copied FROM STDIN; SELECT 2");
      expect(error.sqlState).toBe("57014");
      expect(error.message).toContain("there is no input for COPY FROM STDIN here");
      expect(error.completed).toBe(1);
      expect(await value("SELECT count(*) FROM copied")).toBe("0");
    });

    test("swallows the rows of COPY TO STDOUT", async () => {
      const results = await connection.send("COPY (SELECT generate_series(1, 3)) TO STDOUT; SELECT 'after'");
      expect(results.map((result) => result.command)).toEqual(["COPY 3", "SELECT 1"]);
      expect(results[1]?.rows).toEqual([["after"]]);
    });

    test("takes a message of five million characters, and answers of that size", async () => {
      const text = "é".repeat(2_500_000);
      expect(await value(`SELECT 'x${text}x'; SELECT length('${text}')`)).toBe("2500000");
      const [result] = await connection.send("SELECT g, repeat('x', 100) FROM generate_series(1, 50000) g");
      expect(result?.rows.length).toBe(50_000);
      expect(result?.rows.at(-1)?.[0]).toBe("50000");
    });

    test("refuses a NUL, which would end the message early", async () => {
      const error = await failure("SELECT 1; SELECT '\0'");
      expect(error.sqlState).toBe("22021");
      expect(await value("SELECT 1")).toBe("1");
    });

    test("takes a cancel when nothing runs", async () => {
      await connection.cancel();
      const outcome = await connection.send("SELECT 1").catch((error: unknown) => error);
      // The request may arrive a little later and hit whatever runs then: that is PostgreSQL's own race.
      if (outcome instanceof PostgresError) expect(outcome.sqlState).toBe("57014");
      else expect(outcome).toMatchObject([{ rows: [["1"]] }]);
      await connection.send("SELECT 1").catch(() => {});
    });

    test("runs a statement alone that takes no transaction", async () => {
      await connection.send("CREATE TABLE lonely (a int)");
      await connection.send("CREATE INDEX CONCURRENTLY lonely_a ON lonely (a)");
      expect((await failure("SELECT 1; DROP INDEX CONCURRENTLY lonely_a")).sqlState).toBe("25001");
      await connection.send("DROP TABLE lonely");
    });
  });
}
