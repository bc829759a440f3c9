/** What a tool's own table looks like: the one source of shapes, for the refusal and for `adopt`. */
export interface KnownTool {
  /** As people call it. */
  readonly tool: string;
  /** The name that its table has where nobody chose another. */
  readonly table: string;
  /** The schema of its own that it keeps its table in, where it has one. */
  readonly schema?: string;
  readonly columns: readonly string[];
  /**
   * `shape`: no other table has these columns, so it is found under any name. `exact`: it has these columns and no others,
   * as others may have too, so it is found under its usual name. `name`: no other table has its name, and it may have more
   * columns.
   */
  readonly found: "shape" | "exact" | "name";
}

/** Most specific first. Sources: the tools' own CREATE TABLE statements. */
export const KNOWN_TOOLS: readonly KnownTool[] = [
  {
    tool: "goose",
    table: "goose_db_version",
    columns: ["id", "version_id", "is_applied", "tstamp"],
    found: "shape",
  },
  { tool: "golang-migrate", table: "schema_migrations", columns: ["version", "dirty"], found: "exact" },
  {
    tool: "Flyway",
    table: "flyway_schema_history",
    columns: ["installed_rank", "version", "description", "type", "script", "checksum", "installed_on", "success"],
    found: "shape",
  },
  {
    tool: "Prisma",
    table: "_prisma_migrations",
    columns: ["id", "checksum", "finished_at", "migration_name", "rolled_back_at", "started_at"],
    found: "shape",
  },
  {
    tool: "drizzle",
    table: "__drizzle_migrations",
    schema: "drizzle",
    columns: ["id", "hash", "created_at"],
    found: "name",
  },
  { tool: "knex", table: "knex_migrations", columns: ["id", "name", "batch", "migration_time"], found: "shape" },
  { tool: "node-pg-migrate", table: "pgmigrations", columns: ["id", "name", "run_on"], found: "exact" },
  { tool: "sql-migrate", table: "gorp_migrations", columns: ["id", "applied_at"], found: "exact" },
  { tool: "postgres-migrations", table: "migrations", columns: ["id", "name", "hash", "executed_at"], found: "exact" },
  { tool: "kysely", table: "kysely_migration", columns: ["name", "timestamp"], found: "exact" },
  { tool: "umzug", table: "SequelizeMeta", columns: ["name"], found: "name" },
  { tool: "Alembic", table: "alembic_version", columns: ["version_num"], found: "exact" },
  {
    tool: "graphile-migrate",
    table: "migrations",
    schema: "graphile_migrate",
    columns: ["hash", "previous_hash", "filename", "date"],
    found: "shape",
  },
  {
    tool: "sqitch",
    table: "changes",
    schema: "sqitch",
    columns: ["change_id", "script_hash", "change", "project", "committed_at", "planned_at"],
    found: "shape",
  },
  { tool: "Ecto", table: "schema_migrations", columns: ["version", "inserted_at"], found: "exact" },
  {
    tool: "sqlx",
    table: "_sqlx_migrations",
    columns: ["version", "description", "installed_on", "success", "checksum", "execution_time"],
    found: "shape",
  },
  { tool: "postgrator", table: "schemaversion", columns: ["version", "name", "md5", "run_at"], found: "shape" },
  {
    tool: "Liquibase",
    table: "databasechangelog",
    columns: ["author", "filename", "dateexecuted", "orderexecuted", "exectype", "md5sum"],
    found: "shape",
  },
  { tool: "Django", table: "django_migrations", columns: ["id", "app", "name", "applied"], found: "exact" },
  { tool: "TypeORM", table: "migrations", columns: ["id", "timestamp", "name"], found: "exact" },
  { tool: "MikroORM", table: "mikro_orm_migrations", columns: ["id", "name", "executed_at"], found: "exact" },
  { tool: "Laravel", table: "migrations", columns: ["id", "migration", "batch"], found: "exact" },
  {
    tool: "Atlas",
    table: "atlas_schema_revisions",
    columns: ["version", "description", "applied", "total", "executed_at", "operator_version"],
    found: "shape",
  },
  {
    tool: "Supabase",
    table: "schema_migrations",
    schema: "supabase_migrations",
    columns: ["version", "statements", "name"],
    found: "exact",
  },
  { tool: "Diesel", table: "__diesel_schema_migrations", columns: ["version", "run_on"], found: "name" },
  {
    tool: "refinery",
    table: "refinery_schema_history",
    columns: ["version", "name", "applied_on", "checksum"],
    found: "name",
  },
  { tool: "SeaORM", table: "seaql_migrations", columns: ["version", "applied_at"], found: "name" },
  {
    tool: "Entity Framework",
    table: "__EFMigrationsHistory",
    columns: ["MigrationId", "ProductVersion"],
    found: "name",
  },
  {
    tool: "Doctrine",
    table: "doctrine_migration_versions",
    columns: ["version", "executed_at", "execution_time"],
    found: "name",
  },
  { tool: "Phinx", table: "phinxlog", columns: ["version", "migration_name", "start_time", "end_time"], found: "name" },
  { tool: "Rails", table: "schema_migrations", columns: ["version"], found: "exact" },
  { tool: "dbmate", table: "schema_migrations", columns: ["version"], found: "exact" },
];

/**
 * The tools whose table has these columns, and this name where that is known; more than one where they cannot be told apart
 * by them.
 */
export function toolsWithColumns(columns: readonly string[], name?: string): readonly KnownTool[] {
  const present = new Set(columns);
  const fitting = KNOWN_TOOLS.filter(
    (known) =>
      known.columns.every((column) => present.has(column)) &&
      (known.found === "shape" ||
        known.columns.length === present.size ||
        (known.found === "name" && known.table === name)),
  );
  const longest = Math.max(0, ...fitting.map((known) => known.columns.length));
  return fitting.filter((known) => known.columns.length === longest);
}

/** Names the tool that a table with these columns belongs to, as far as the columns tell. */
export function recogniseTool(columns: readonly string[]): string {
  return (
    toolsWithColumns(columns)
      .map(({ tool }) => tool)
      .join(" or ") || "another tool"
  );
}
