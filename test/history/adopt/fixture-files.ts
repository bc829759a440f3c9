import { createHash } from "node:crypto";

/** The files of one tool's project: what is applied in its fixture, and one more. */
export interface ToolProject {
  readonly applied: Readonly<Record<string, string>>;
  readonly pending: Readonly<Record<string, string>>;
}

const FUNCTION =
  "CREATE FUNCTION twice(x int) RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n  -- counts;\n  RETURN x * 2;\nEND;\n$$;";
const A = "CREATE TABLE a (x int);";
const B = "CREATE TABLE b (x int);";
const C = "CREATE TABLE c (x int);";

const journal = (...entries: readonly [tag: string, when: number][]): string =>
  JSON.stringify({
    version: "7",
    dialect: "postgresql",
    entries: entries.map(([tag, when], idx) => ({ idx, version: "7", when, tag, breakpoints: true })),
  });

/** A committed file of graphile-migrate, with the hash that it has there. */
function committed(previous: string, body: string, message = ""): { readonly hash: string; readonly text: string } {
  const hashed = `${`${previous}\n${body.trim()}`.trim()}\n`;
  const hash = `sha1:${createHash("sha1").update(hashed).digest("hex")}`;
  const header = `--! Previous: ${previous || "-"}\n--! Hash: ${hash}\n${message === "" ? "" : `--! Message: ${message}\n`}`;
  return { hash, text: `${header}\n${body}\n` };
}

const first = committed("", `${A}\n${FUNCTION}`);
const second = committed(first.hash, `--! no-transaction\n${B}`, "Second table");
const third = committed(second.hash, C);

/** By the tool's name. */
export const projects: Readonly<Record<string, ToolProject>> = {
  goose: {
    applied: {
      "00001_a.sql": `-- +goose Up\n${A}\n-- +goose Down\nDROP TABLE a;\n`,
      "00002_b.sql": `-- +goose Up\n${B}\n-- +goose Down\nDROP TABLE b;\n`,
    },
    pending: { "00003_c.sql": `-- +goose Up\n${C}\n` },
  },
  "golang-migrate": {
    applied: {
      "000001_a.up.sql": `BEGIN;\n${A}\n${FUNCTION}\nCOMMIT;\n`,
      "000001_a.down.sql": "DROP FUNCTION twice;\nDROP TABLE a;\n",
      "000002_b.up.sql": B,
      "000002_b.down.sql": "DROP TABLE b;",
    },
    pending: { "000003_c.up.sql": "CREATE INDEX CONCURRENTLY b_x ON b (x);\n" },
  },
  dbmate: {
    applied: {
      "20240101000000_a.sql": `-- migrate:up\n${A}\n${FUNCTION}\n\n-- migrate:down\nDROP FUNCTION twice;\nDROP TABLE a;\n`,
      "20240102000000_b.sql": `-- migrate:up transaction:false\n${B}\n\n-- migrate:down\nDROP TABLE b;\n`,
    },
    pending: { "20240103000000_c.sql": `-- migrate:up\n${C}\n-- migrate:down\n` },
  },
  "sql-migrate": {
    applied: {
      "1_a.sql": `-- +migrate Up\n${A}\n-- +migrate StatementBegin\n${FUNCTION.slice(0, -1)}\n-- +migrate StatementEnd\n\n-- +migrate Down\nDROP FUNCTION twice(int);\nDROP TABLE a;\n`,
      "2_b.sql": `-- +migrate Up notransaction\n${B}\n\n-- +migrate Down\nDROP TABLE b;\n`,
    },
    pending: { "10_c.sql": `-- +migrate Up\n${C}\n` },
  },
  Flyway: {
    applied: {
      "V1__a.sql": `${A}\n${FUNCTION}\n`,
      "U1__a.sql": "DROP FUNCTION twice(int);\nDROP TABLE a;\n",
      "V1.10__b.sql": B,
      "V1.10__b.sql.conf": "executeInTransaction=false\n",
      "R__views.sql": "CREATE OR REPLACE VIEW v AS SELECT 1;",
    },
    pending: { "V2__c.sql": C },
  },
  Prisma: {
    applied: {
      "20240101000000_a/migration.sql": `${A}\n${FUNCTION}\n`,
      "20240101000000_a/down.sql": "DROP FUNCTION twice(int);\nDROP TABLE a;\n",
      "20240102000000_b/migration.sql": B,
      "migration_lock.toml": 'provider = "postgresql"\n',
    },
    pending: { "20240103000000_c/migration.sql": C },
  },
  drizzle: {
    applied: {
      "0000_a.sql": `${A}\n--> statement-breakpoint\n${FUNCTION}`,
      "0001_b.sql": B,
      "meta/_journal.json": journal(["0000_a", 1_704_067_200_000], ["0001_b", 1_704_153_600_000]),
    },
    pending: {
      "0002_c.sql": C,
      "meta/_journal.json": journal(
        ["0000_a", 1_704_067_200_000],
        ["0001_b", 1_704_153_600_000],
        ["0002_c", 1_704_240_000_000],
      ),
    },
  },
  knex: {
    applied: {
      "20240101000000_a.cjs": `exports.up = (knex) => knex.raw(${JSON.stringify(A)});\nexports.down = () => {};\n`,
      "20240102000000_b.cjs": `exports.up = (knex) => knex.raw(${JSON.stringify(B)});\nexports.down = () => {};\n`,
    },
    pending: {},
  },
  "node-pg-migrate": {
    applied: {
      "1704067200000_a.sql": `-- Up Migration\n${A}\n${FUNCTION}\n\n-- Down Migration\nDROP FUNCTION twice(int);\nDROP TABLE a;\n`,
      "1704153600000_b.cjs": `exports.up = (pgm) => {\n  pgm.sql(${JSON.stringify(B)});\n};\n`,
    },
    pending: { "1704240000000_c.sql": `-- Up Migration\n${C}\n` },
  },
  umzug: {
    applied: {
      "20240101000000_a.cjs": A,
      "20240102000000_b.cjs": B,
    },
    pending: {},
  },
  kysely: {
    applied: {
      "2024-01-01_a.mjs": A,
      "2024-01-02_b.mjs": B,
    },
    pending: {},
  },
  "postgres-migrations": {
    applied: {
      "1_a.sql": `${A}\n${FUNCTION}\n`,
      "2-b.sql": `-- postgres-migrations disable-transaction\n${B}\n`,
    },
    pending: { "3_c.sql": C },
  },
  "graphile-migrate": {
    applied: {
      "committed/000001.sql": first.text,
      "committed/000002-b.sql": second.text,
      "current.sql": "-- Enter migration here\n",
    },
    pending: { "committed/000003.sql": third.text },
  },
  sqitch: {
    applied: {
      "sqitch.plan":
        "%syntax-version=1.0.0\n%project=app\n\na 2024-01-01T00:00:00Z Ann <ann@example.com> # first\n@v1 2024-01-01T01:00:00Z Ann <ann@example.com> # tag\nb [a] 2024-01-02T00:00:00Z Ann <ann@example.com> # second\n",
      "deploy/a.sql": `-- Deploy app:a to pg\n\nBEGIN;\n\n${A}\n${FUNCTION}\n\nCOMMIT;\n`,
      "revert/a.sql": "-- Revert app:a from pg\n\nBEGIN;\nDROP FUNCTION twice(int);\nDROP TABLE a;\nCOMMIT;\n",
      "deploy/b.sql": `BEGIN;\n${B}\nCOMMIT;\n`,
      "verify/b.sql": "SELECT 1;",
    },
    pending: {
      "sqitch.plan":
        "%syntax-version=1.0.0\n%project=app\n\na 2024-01-01T00:00:00Z Ann <ann@example.com> # first\n@v1 2024-01-01T01:00:00Z Ann <ann@example.com> # tag\nb [a] 2024-01-02T00:00:00Z Ann <ann@example.com> # second\nc 2024-01-03T00:00:00Z Ann <ann@example.com>\n",
      "deploy/c.sql": `BEGIN;\n${C}\nCOMMIT;\n`,
    },
  },
  Rails: {
    applied: {
      "20240101000000_create_a.rb": "class CreateA < ActiveRecord::Migration[7.1]\nend\n",
      "20240102000000_create_b.rb": "class CreateB < ActiveRecord::Migration[7.1]\nend\n",
    },
    pending: {},
  },
  Alembic: {
    applied: {
      "versions/1975ea83b712_a.py": 'revision: str = "1975ea83b712"\ndown_revision: Union[str, None] = None\n',
      "versions/ae1027a6acf0_b.py": 'revision = "ae1027a6acf0"\ndown_revision = "1975ea83b712"\n',
    },
    pending: { "versions/27c6a30d7c24_c.py": "revision = '27c6a30d7c24'\ndown_revision = 'ae1027a6acf0'\n" },
  },
};
