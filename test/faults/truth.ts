import { expect } from "vitest";
import type { TestDatabase } from "../support/create-database.ts";
import { SCENARIO, type ScenarioMigration, type ScenarioStatement } from "./scenario.ts";

type Direction = "up" | "down";
/** How many of each thing the database has. */
type Inventory = Readonly<Record<string, number>>;

interface Row {
  readonly version: number;
  readonly dirty: boolean;
  readonly state: string;
  readonly direction: Direction;
  readonly done: number;
}

interface Picture {
  readonly inventory: Inventory;
  readonly rows: readonly Row[];
  /** One entry an event: `applied 1`. */
  readonly log: readonly string[];
}

const INVENTORY = `SELECT thing, count(*) AS n FROM (
  SELECT 'row ' || what AS thing FROM ran
  UNION ALL SELECT 'table ' || relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'made\\_%'
  UNION ALL SELECT 'column ' || attname FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
    WHERE relname = 'ran' AND relkind = 'r' AND attname = 'more' AND NOT attisdropped
  UNION ALL SELECT CASE WHEN indisvalid THEN '' ELSE 'INVALID ' END || 'index ' || i.relname FROM pg_index
    JOIN pg_class i ON i.oid = indexrelid JOIN pg_class t ON t.oid = indrelid WHERE t.relname = 'ran' AND t.relkind = 'r'
) AS things GROUP BY thing`;

/** One statement, so that history and schema are of the same instant, whoever is still at work. */
const PICTURE = (history: boolean) => `SELECT
  (SELECT coalesce(json_object_agg(thing, n), '{}') FROM (${INVENTORY}) AS i) AS inventory,
  ${history ? "(SELECT json_agg(json_build_object('version', version_id, 'dirty', is_dirty, 'state', state, 'direction', direction, 'done', statements_done) ORDER BY version_id) FROM schema_migrations)" : "NULL"} AS rows,
  ${history ? "(SELECT json_agg(event || ' ' || version_id ORDER BY id) FROM schema_migrations_log)" : "NULL"} AS log`;

async function takePicture(database: TestDatabase): Promise<Picture> {
  const [found] = await database.query<{ exists: boolean }>(
    "SELECT to_regclass('schema_migrations') IS NOT NULL AS exists",
  );
  const [row] = await database.query<{ inventory: Inventory; rows: Row[] | null; log: string[] | null }>(
    PICTURE(found?.exists === true),
  );
  return { inventory: row?.inventory ?? {}, rows: row?.rows ?? [], log: row?.log ?? [] };
}

function apply(inventory: Inventory, statements: readonly ScenarioStatement[]): Inventory {
  const after = { ...inventory };
  for (const change of statements.flatMap(({ does }) => does)) {
    const thing = change.slice(1);
    const n = (after[thing] ?? 0) + (change.startsWith("+") ? 1 : -1);
    if (n === 0) delete after[thing];
    else after[thing] = n;
  }
  return after;
}

/** What the scenario leaves when each migration has gone a way through. */
function inventoryAfter(direction: Direction): Inventory {
  const up = SCENARIO.reduce((inventory, migration) => apply(inventory, migration.up), {} as Inventory);
  if (direction === "up") return up;
  return SCENARIO.toReversed().reduce((inventory, migration) => apply(inventory, migration.down), up);
}

/** How many of a migration's statements of a direction the history says are done, and whether the next one is under way. */
function progressOf(migration: ScenarioMigration, direction: Direction, row: Row | undefined) {
  const all = migration[direction].length;
  const whole = direction === "up" ? row?.dirty === false : row === undefined;
  if (whole) return { done: all, next: undefined };
  if (row?.dirty !== true || row.direction !== direction || migration.transaction) return { done: 0, next: undefined };
  return { done: row.done, next: migration[direction][row.done] };
}

/**
 * Holds the schema against the history at one instant of a run in a direction: all of what is applied is there, once; of a
 * migration that is under way what the history says is done, and at most the statement after it, where that runs alone.
 */
export async function expectTruth(database: TestDatabase, direction: Direction): Promise<void> {
  const { inventory, rows } = await takePicture(database);
  let expected = direction === "up" ? {} : inventoryAfter("up");
  let maybe: ScenarioStatement | undefined;
  for (const migration of direction === "up" ? SCENARIO : SCENARIO.toReversed()) {
    const row = rows.find(({ version }) => version === migration.version);
    const { done, next } = progressOf(migration, direction, row);
    expected = apply(expected, migration[direction].slice(0, done));
    if (next?.alone === true) maybe = next;
  }
  const seen = JSON.stringify({ inventory, rows });
  const also = maybe === undefined ? [] : [apply(expected, [maybe])];
  // What a statement that runs alone leaves half made is INVALID, and no other one is under way.
  const whole = Object.fromEntries(
    Object.entries(inventory).filter(([thing]) => maybe === undefined || !thing.startsWith("INVALID ")),
  );
  const halfDropped = maybe === undefined ? [] : maybe.does.filter((change) => change.startsWith("-"));
  const withoutDropped = apply(expected, halfDropped.length === 0 ? [] : [maybe!]);
  expect([expected, ...also, withoutDropped], seen).toContainEqual(whole);
}

/** Everything went the whole way, each migration once, and nothing half made is left. */
export async function expectEnd(database: TestDatabase, direction: Direction): Promise<void> {
  const { inventory, rows, log } = await takePicture(database);
  expect(inventory).toEqual(inventoryAfter(direction));
  const versions = SCENARIO.map(({ version }) => version);
  expect(rows.map(({ version, dirty, state }) => ({ version, dirty, state }))).toEqual(
    direction === "up" ? versions.map((version) => ({ version, dirty: false, state: "applied" })) : [],
  );
  const applied = versions.map((version) => `applied ${version}`);
  const rolledBack = versions.toReversed().map((version) => `rolled back ${version}`);
  expect(log.filter((event) => !event.startsWith("repaired"))).toEqual(
    direction === "up" ? applied : [...applied, ...rolledBack],
  );
}

/** The versions that the log says went a way through, in order. */
export async function loggedVersions(database: TestDatabase, direction: Direction): Promise<readonly bigint[]> {
  const event = direction === "up" ? "applied" : "rolled back";
  const [found] = await database.query<{ exists: boolean }>(
    "SELECT to_regclass('schema_migrations_log') IS NOT NULL AS exists",
  );
  if (found?.exists !== true) return [];
  const rows = await database.query<{ version: string }>(
    `SELECT version_id AS version FROM schema_migrations_log WHERE event = '${event}' ORDER BY id`,
  );
  return rows.map(({ version }) => BigInt(version));
}
