import { describe, expect, test } from "vitest";
import { describeStatement } from "../../src/files/statement-kind.ts";
import { createDatabase } from "../support/create-database.ts";
import type { TestDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";

const SETUP = `
  CREATE TABLE t (id int PRIMARY KEY, s text);
  CREATE TABLE p (id int) PARTITION BY LIST (id);
  CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
  CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);
  CREATE INDEX t_s ON t (s);
  CREATE MATERIALIZED VIEW m AS SELECT 1 AS id;
  CREATE UNIQUE INDEX m_id ON m (id);
`;

/** Statements and whether PostgreSQL refuses them in a transaction block; `from` is the first major that has them. */
const STATEMENTS: readonly { readonly sql: string; readonly refused: boolean; readonly from?: number }[] = [
  { sql: "CREATE INDEX CONCURRENTLY i1 ON t (s)", refused: true },
  { sql: "create unique index concurrently if not exists i2 on t (s)", refused: true },
  { sql: "CREATE INDEX i3 ON t (s)", refused: false },
  { sql: "CREATE INDEX /* not CONCURRENTLY */ i4 ON t (s)", refused: false },
  { sql: "DROP INDEX CONCURRENTLY t_s", refused: true },
  { sql: "DROP INDEX t_s", refused: false },
  { sql: "REINDEX INDEX CONCURRENTLY t_s", refused: true },
  { sql: "REINDEX (VERBOSE, CONCURRENTLY) TABLE t", refused: true, from: 14 },
  { sql: "REINDEX (CONCURRENTLY off) TABLE t", refused: false, from: 14 },
  { sql: "REINDEX TABLE t", refused: false },
  { sql: "REINDEX SCHEMA public", refused: true },
  { sql: "REINDEX DATABASE postgres", refused: true },
  { sql: "VACUUM t", refused: true },
  { sql: "VACUUM (FULL, ANALYZE)", refused: true },
  { sql: "ANALYZE t", refused: false },
  { sql: "CLUSTER", refused: true },
  { sql: "CLUSTER VERBOSE", refused: true },
  { sql: "CLUSTER t USING t_pkey", refused: false },
  { sql: "CREATE DATABASE d", refused: true },
  { sql: "DROP DATABASE d", refused: true },
  { sql: "ALTER DATABASE postgres SET TABLESPACE pg_default", refused: true },
  { sql: "ALTER DATABASE postgres SET work_mem = '5MB'", refused: false },
  { sql: "CREATE TABLESPACE s LOCATION '/nowhere'", refused: true },
  { sql: "DROP TABLESPACE s", refused: true },
  { sql: "ALTER SYSTEM SET work_mem = '5MB'", refused: true },
  { sql: "ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY", refused: true, from: 14 },
  { sql: "ALTER TABLE p DETACH PARTITION p1", refused: false },
  { sql: "CREATE SUBSCRIPTION s CONNECTION 'dbname=none' PUBLICATION p", refused: true },
  { sql: "CREATE SUBSCRIPTION s1 CONNECTION 'dbname=none' PUBLICATION p WITH (connect = false)", refused: false },
  { sql: "DISCARD ALL", refused: true },
  { sql: "DISCARD PLANS", refused: false },
  { sql: "COMMIT PREPARED 'x'", refused: true },
  { sql: "REFRESH MATERIALIZED VIEW CONCURRENTLY m", refused: false },
  { sql: "CREATE TYPE e AS ENUM ('a'); ALTER TYPE e ADD VALUE 'b'", refused: false },
  { sql: "CREATE TABLE concurrently_made (vacuum int)", refused: false },
];

async function sqlStateInTransaction(database: TestDatabase, sql: string): Promise<string> {
  await database.query("BEGIN");
  try {
    await database.query(sql);
    return "00000";
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  } finally {
    await database.query("ROLLBACK");
  }
}

describe.each(servers())("PostgreSQL $major", (server) => {
  test("lets a detachment be finished in a transaction block", async () => {
    if (server.major < 14) return;
    await using database = await createDatabase(server);
    await database.query(SETUP);
    // Nothing to finish (55000), but not for the sake of the transaction (25001).
    expect(await sqlStateInTransaction(database, "ALTER TABLE p DETACH PARTITION p1 FINALIZE")).toBe("55000");
  });

  test("refuses in a transaction block exactly what is named so", async () => {
    await using database = await createDatabase(server);
    await database.query(SETUP);
    for (const { sql, refused, from } of STATEMENTS) {
      if (from !== undefined && server.major < from) continue;
      expect([sql, await sqlStateInTransaction(database, sql)]).toEqual([sql, refused ? "25001" : "00000"]);
    }
  });
});

test("each statement is described as the server treats it", () => {
  for (const { sql, refused } of STATEMENTS) {
    expect([sql, describeStatement(sql).outsideTransaction !== undefined]).toEqual([sql, refused]);
  }
});

test("a finished detachment is left to the server", () => {
  expect(describeStatement("ALTER TABLE p DETACH PARTITION p1 FINALIZE").outsideTransaction).toBeUndefined();
});

test("names the kind as people write it", () => {
  expect(describeStatement("CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)").outsideTransaction).toBe(
    "CREATE INDEX CONCURRENTLY",
  );
  expect(describeStatement("-- x\nvacuum full").outsideTransaction).toBe("VACUUM");
  expect(describeStatement("DROP SUBSCRIPTION s").outsideTransaction).toBe("DROP SUBSCRIPTION");
  expect(describeStatement("ALTER SUBSCRIPTION s REFRESH PUBLICATION").outsideTransaction).toBe("ALTER SUBSCRIPTION");
  expect(
    describeStatement("ALTER SUBSCRIPTION s SET PUBLICATION p WITH (refresh = false)").outsideTransaction,
  ).toBeUndefined();
});
