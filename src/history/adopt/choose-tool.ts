import { type KnownTool, KNOWN_TOOLS, toolsWithColumns } from "../foreign-table.ts";
import type { HistoryTable } from "../history.ts";
import { describeTable, type TableName } from "../table-name.ts";
import { adoptError } from "./adopt-error.ts";
import type { Tool, ToolTable } from "./tool.ts";
import { tools } from "./tools.ts";

/** Which table of which tool is meant, as far as somebody said. */
export interface ToolRequest {
  readonly tool: string | undefined;
  readonly table: TableName | undefined;
  /** What the tool's files say, where its table alone does not tell. */
  readonly filesOf: string | undefined;
}

/** A tool and its table. */
export interface ChosenTool {
  readonly tool: Tool;
  readonly table: ToolTable;
}

interface Candidate {
  readonly known: KnownTool;
  readonly table: ToolTable;
}

/**
 * Chooses the tool whose history is taken over among the tables that look like a tool's. Those in our history's schema and
 * in schemas that are a tool's own count; others only where they are named.
 *
 * @throws HistoryError where none is there, where there are several, or where the tool is not one that can be taken over
 */
export function chooseTool(tables: readonly ToolTable[], ours: HistoryTable, request: ToolRequest): ChosenTool {
  const wanted = request.tool === undefined ? undefined : knownByName(request.tool);
  const all = tables.flatMap((table) => candidatesOf(table, tables, request, wanted));
  const near = all.filter(({ known, table }) => isNear(known, table, ours, request));
  const [first, ...others] = near;
  if (first === undefined) throw noneFound(all, ours, request);
  const names = new Set(near.map(({ known }) => known.tool));
  const places = new Set(near.map(({ table }) => describeTable(table)));
  if (others.length > 0 && places.size > 1) throw severalFound(near, names);
  if (others.length > 0) throw ambiguous(first.table, [...names]);
  const tool = tools.find(({ name }) => name === first.known.tool);
  if (tool === undefined) throw notThereYet(first);
  return { tool, table: first.table };
}

/** A tool by the name that somebody typed. @throws HistoryError */
function knownByName(name: string): KnownTool {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  const known = KNOWN_TOOLS.find(({ tool }) => plain(tool) === plain(name));
  if (known !== undefined) return known;
  throw adoptError(`there is no tool ${name}`, `gander adopts: ${tools.map((tool) => tool.name).join(", ")}.`);
}

function candidatesOf(
  table: ToolTable,
  tables: readonly ToolTable[],
  request: ToolRequest,
  wanted: KnownTool | undefined,
): readonly Candidate[] {
  const isAsked = isNamed(table, request.table);
  if (request.table !== undefined && !isAsked) return [];
  let fitting = toolsWithColumns(table.columns, table.name).filter(
    (known) => isAsked || known.found === "shape" || known.table === table.name,
  );
  if (fitting.some(({ tool }) => tool === "Rails") && fitting.length > 1) {
    const isRails = tables.some(({ schema, name }) => schema === table.schema && name === "ar_internal_metadata");
    const told = isRails ? "Rails" : request.filesOf;
    fitting = fitting.filter(({ tool }) => told === undefined || tool === told);
  }
  if (wanted !== undefined) {
    const fits = wanted.columns.every((column) => table.columns.includes(column));
    fitting = fits && (isAsked || wanted.found === "shape" || wanted.table === table.name) ? [wanted] : [];
  }
  return fitting.map((known) => ({ known, table }));
}

function isNamed({ schema, name }: ToolTable, named: TableName | undefined): boolean {
  return named !== undefined && name === named.name && (named.schema === undefined || named.schema === schema);
}

function isNear(known: KnownTool, table: ToolTable, ours: HistoryTable, request: ToolRequest): boolean {
  return request.table?.schema !== undefined || table.schema === ours.schema || table.schema === known.schema;
}

function noneFound(elsewhere: readonly Candidate[], ours: HistoryTable, { tool, table }: ToolRequest): Error {
  if (elsewhere.length > 0) {
    const found = elsewhere.map(
      (candidate) => `  --table-from ${describeTable(candidate.table)}  (${candidate.known.tool})`,
    );
    return adoptError(
      `no other tool's table is in ${ours.schema}, the schema of the history, but elsewhere`,
      ["Name the one that is meant:", ...new Set(found)].join("\n"),
    );
  }
  const what = tool === undefined ? "no tool's table that gander knows" : `no table of ${tool}'s`;
  const where = table === undefined ? "" : ` (--table-from ${[table.schema, table.name].filter(Boolean).join(".")})`;
  return adoptError(
    `there is ${what} in this database${where}`,
    [
      `gander adopts: ${tools.map(({ name }) => name).join(", ")}.`,
      "A table with another name is named with --table-from [schema.]name, and its tool with --tool.",
      "To mark a database as being at a version without another tool's history: gander baseline VERSION",
    ].join("\n"),
  );
}

function severalFound(found: readonly Candidate[], names: ReadonlySet<string>): Error {
  const lines = found.map(({ known, table }) =>
    names.size > 1
      ? `  --tool ${known.tool} --table-from ${describeTable(table)}`
      : `  --table-from ${describeTable(table)}`,
  );
  return adoptError(
    `this database has tables of ${names.size > 1 ? `${names.size} tools: ${[...names].join(", ")}` : `${[...names][0]} in several places`}`,
    ["Say which one brought the schema to where it is:", ...lines].join("\n"),
  );
}

function ambiguous(table: ToolTable, names: readonly string[]): Error {
  return adoptError(
    `the table ${describeTable(table)} may be ${names.join(" or ")}'s: its columns (${table.columns.join(", ")}) do not tell`,
    `Say which: ${names.map((name) => `--tool ${name}`).join(" or ")}; or give its files with --from FOLDER.`,
  );
}

function notThereYet({ known, table }: Candidate): Error {
  return adoptError(
    `the table ${describeTable(table)} is ${known.tool}'s, and gander cannot take that tool's history over yet`,
    [
      "Write its migrations as SQL files in goose's format into the migrations folder (one file with the schema as it is does, too: pg_dump --schema-only),",
      "then mark the database as being at the newest of them: gander baseline VERSION",
    ].join("\n"),
  );
}
