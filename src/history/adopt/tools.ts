import type { FolderFile, Tool } from "./tool.ts";
import { alembic } from "./tools/alembic.ts";
import { dbmate } from "./tools/dbmate.ts";
import { drizzle } from "./tools/drizzle.ts";
import { flyway } from "./tools/flyway.ts";
import { golangMigrate } from "./tools/golang-migrate.ts";
import { goose } from "./tools/goose.ts";
import { graphileMigrate } from "./tools/graphile-migrate.ts";
import { knex } from "./tools/knex.ts";
import { kysely } from "./tools/kysely.ts";
import { nodePgMigrate } from "./tools/node-pg-migrate.ts";
import { postgresMigrations } from "./tools/postgres-migrations.ts";
import { prisma } from "./tools/prisma.ts";
import { rails } from "./tools/rails.ts";
import { sqitch } from "./tools/sqitch.ts";
import { sqlMigrate } from "./tools/sql-migrate.ts";
import { umzug } from "./tools/umzug.ts";

/** The tools whose history can be taken over. */
export const tools: readonly Tool[] = [
  goose,
  golangMigrate,
  dbmate,
  sqlMigrate,
  flyway,
  prisma,
  drizzle,
  knex,
  nodePgMigrate,
  umzug,
  kysely,
  postgresMigrations,
  graphileMigrate,
  sqitch,
  rails,
  alembic,
];

/** Which of the tools that share a table's shape a folder belongs to; undefined where it does not tell. */
export function toolOfFiles(files: readonly FolderFile[]): string | undefined {
  if (files.some(({ path }) => path.endsWith(".rb"))) return "Rails";
  if (files.some(({ path, read }) => path.endsWith(".sql") && /^--\s*migrate:up/m.test(read()))) return "dbmate";
  return undefined;
}
