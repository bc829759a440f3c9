/** A tool whose own table has the name that our history would have, known by its columns. */
interface KnownTool {
  readonly tool: string;
  readonly columns: readonly string[];
}

/** Most specific first. Sources: the tools' own CREATE TABLE statements. */
const KNOWN_TOOLS: readonly KnownTool[] = [
  { tool: "golang-migrate", columns: ["version", "dirty"] },
  { tool: "Ecto", columns: ["version", "inserted_at"] },
  { tool: "goose", columns: ["id", "version_id", "is_applied", "tstamp"] },
  { tool: "sqlx", columns: ["version", "description", "installed_on", "success", "checksum", "execution_time"] },
  { tool: "Flyway", columns: ["installed_rank", "version", "script", "checksum"] },
  { tool: "postgrator", columns: ["version", "name", "md5", "run_at"] },
  { tool: "Rails or dbmate", columns: ["version"] },
];

/** Names the tool that a table with these columns belongs to, as far as the columns tell. */
export function recogniseTool(columns: readonly string[]): string {
  const present = new Set(columns);
  const known = KNOWN_TOOLS.find(
    (tool) =>
      tool.columns.every((column) => present.has(column)) &&
      (tool.columns.length > 2 || tool.columns.length === present.size),
  );
  return known?.tool ?? "another tool";
}
