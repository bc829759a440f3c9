import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fingerprintText } from "../../src/files/fingerprint.ts";
import { digestFiles, digestTexts } from "../../src/history/digest.ts";
import { readState } from "../../src/history/read-state.ts";
import { readSummary } from "../../src/history/read-summary.ts";
import { createTables } from "../../src/history/layout.ts";
import { claimUp, finishUp } from "../../src/history/record.ts";
import { openDatabase } from "../../src/database/open-database.ts";
import type { Connection } from "../../src/database/connection.ts";
import type { Migration } from "../../src/files/migration.ts";
import { parseMigration } from "../../src/files/parse-migration.ts";
import { createDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";

const TABLE = { schema: "public", name: "schema_migrations" };
const NAME = { schema: undefined, name: "schema_migrations" };

const files = fc.uniqueArray(
  fc.record({
    version: fc.oneof(fc.bigInt({ min: 1n, max: 50n }), fc.bigInt({ min: 1n, max: (1n << 63n) - 1n })),
    text: fc
      .string({ unit: "binary" })
      .map((text) => `-- +goose Up\nSELECT ${JSON.stringify(text.replaceAll("\0", ""))};\n`),
  }),
  { selector: ({ version }) => version, maxLength: 5 },
);

function parse({ version, text }: { version: bigint; text: string }): Migration {
  return parseMigration({ name: `${version}_m.sql`, path: `${version}_m.sql`, text });
}

function fingerprint({ version, text }: { readonly version: bigint; readonly text: string }) {
  return { version, fingerprint: fingerprintText(version, text) };
}

async function record(connection: Connection, migrations: readonly Migration[]): Promise<void> {
  const writer = { host: "here", processId: 1, runId: "a run" };
  await connection.send(`TRUNCATE public.schema_migrations`);
  for (const migration of migrations) {
    const sql = [...claimUp(TABLE, migration, writer), finishUp(TABLE, migration, writer)];
    await connection.send(sql.join(";\n"));
  }
}

describe.each(servers())("the digests on PostgreSQL $major", (server) => {
  test("of files and of the history that has them are the same, in both looks", async () => {
    await using database = await createDatabase(server);
    const opened = openDatabase(database.url, {});
    const connection = await opened.connect();
    try {
      await connection.send(createTables(TABLE).join(";\n"));
      await fc.assert(
        fc.asyncProperty(files, async (texts) => {
          const migrations = texts.map(parse);
          await record(connection, migrations);
          const digest = digestFiles(migrations);
          expect((await readState(connection, NAME, "rows", undefined)).digest).toBe(digest);
          expect((await readState(connection, NAME, { unlessDigest: digest }, undefined)).rows).toBeUndefined();
          const ofTexts = digestTexts(texts.map(fingerprint));
          const expected = { ofTexts, ofFiles: () => digest };
          const other = { ...expected, ofTexts: "0:0:1" };
          for (const wanted of [expected, other]) {
            const seen = await readSummary(connection, NAME, Promise.resolve(wanted), undefined);
            expect(seen).toMatchObject({ textDigest: ofTexts, digest, rows: undefined });
          }
        }),
        { numRuns: 40 },
      );
    } finally {
      await connection.close();
      await opened.close();
    }
  });

  test("a dirty row, a missing one and another text each make another digest", async () => {
    await using database = await createDatabase(server);
    const opened = openDatabase(database.url, {});
    const connection = await opened.connect();
    try {
      await connection.send(createTables(TABLE).join(";\n"));
      const texts = [1n, 2n].map((version) => ({ version, text: `-- +goose Up\nSELECT ${version};\n` }));
      const migrations = texts.map(parse);
      await record(connection, migrations);
      const expected = { ofTexts: digestTexts(texts.map(fingerprint)), ofFiles: () => digestFiles(migrations) };
      const rowsOf = async () => (await readSummary(connection, NAME, Promise.resolve(expected), undefined)).rows;
      const after = async (sql: string) => {
        await connection.send(`BEGIN; ${sql}`);
        const rows = await rowsOf();
        await connection.send("ROLLBACK");
        return rows?.length;
      };
      expect(await rowsOf()).toBeUndefined();
      const set = "UPDATE public.schema_migrations SET";
      expect(await after(`${set} is_dirty = true WHERE version_id = 2`)).toBe(2);
      expect(await after("DELETE FROM public.schema_migrations WHERE version_id = 1")).toBe(1);
      expect(await after(`${set} checksum = repeat('0', 32), text_fingerprint = 0 WHERE version_id = 1`)).toBe(2);
      // Adopted from another tool, without a text: not told from here, so the rows are read.
      expect(await after(`${set} checksum = NULL, text_fingerprint = NULL WHERE version_id = 1`)).toBe(2);
      // Renumbered by hand, in the history and not among the files.
      expect(await after(`${set} version_id = 20 WHERE version_id = 2`)).toBe(2);
    } finally {
      await connection.close();
      await opened.close();
    }
  });
});
