import { writeMigrations } from "./run-server.ts";

/** A statement of a migration, and what the database has after it that it had not before (`+`), and not any more (`-`). */
export interface ScenarioStatement {
  readonly sql: string;
  readonly does: readonly string[];
  /** PostgreSQL runs it in no message but its own: whether it happened is not written down together with it. */
  readonly alone?: boolean;
}

export interface ScenarioMigration {
  readonly version: number;
  readonly transaction: boolean;
  readonly up: readonly ScenarioStatement[];
  readonly down: readonly ScenarioStatement[];
}

/** Takes long enough to be met in the middle. */
const PAUSE = "(SELECT pg_sleep(0.01)) AS pause";

/** A row that says that a statement ran; nothing keeps a second one away. */
function mark(what: string): ScenarioStatement {
  return { sql: `INSERT INTO ran SELECT '${what}' FROM ${PAUSE}`, does: [`+row ${what}`] };
}

function table(name: string): { readonly create: ScenarioStatement; readonly drop: ScenarioStatement } {
  return {
    create: { sql: `CREATE TABLE ${name} (x int)`, does: [`+table ${name}`] },
    drop: { sql: `DROP TABLE ${name}`, does: [`-table ${name}`] },
  };
}

function index(name: string, unique = "", ifNotExists = ""): Record<"create" | "reindex" | "drop", ScenarioStatement> {
  return {
    create: {
      sql: `CREATE ${unique}INDEX CONCURRENTLY ${ifNotExists}${name} ON ran (what)`,
      does: [`+index ${name}`],
      alone: true,
    },
    reindex: { sql: `REINDEX INDEX CONCURRENTLY ${name}`, does: [], alone: true },
    drop: { sql: `DROP INDEX CONCURRENTLY ${name}`, does: [`-index ${name}`], alone: true },
  };
}

const a = table("made_a");
const c = table("made_c");
const e = table("made_e");
const what = index("ran_what");
const once = index("ran_once", "UNIQUE ", "IF NOT EXISTS ");
const back = index("ran_back");

/** What every kill and cut meets: migrations in a transaction and not, with statements that run alone among them. */
export const SCENARIO: readonly ScenarioMigration[] = [
  {
    version: 1,
    transaction: true,
    up: [a.create, mark("1.up.a"), mark("1.up.b")],
    down: [mark("1.down.a"), a.drop, mark("1.down.b")],
  },
  {
    version: 2,
    transaction: false,
    up: [
      mark("2.up.a"),
      mark("2.up.b"),
      what.create,
      what.reindex,
      mark("2.up.c"),
      what.drop,
      once.create,
      mark("2.up.d"),
    ],
    down: [mark("2.down.a"), back.create, mark("2.down.b"), once.drop, back.drop, mark("2.down.c")],
  },
  {
    version: 3,
    transaction: true,
    up: [mark("3.up.a"), { sql: "ALTER TABLE ran ADD COLUMN more int", does: ["+column more"] }, c.create],
    down: [c.drop, { sql: "ALTER TABLE ran DROP COLUMN more", does: ["-column more"] }, mark("3.down.a")],
  },
  {
    version: 4,
    transaction: false,
    up: [mark("4.up.a"), { sql: "VACUUM ran", does: [], alone: true }, mark("4.up.b")],
    down: [mark("4.down.a"), { sql: "VACUUM ran", does: [], alone: true }],
  },
  { version: 5, transaction: true, up: [e.create, mark("5.up.a")], down: [mark("5.down.a"), e.drop] },
];

/** What must be there before the first of them. */
export const BEFORE = "CREATE TABLE ran (what text)";

/** Writes the scenario's files into a new folder. */
export function writeScenario(): string {
  const section = (statements: readonly ScenarioStatement[]) => statements.map(({ sql }) => `${sql};\n`).join("");
  return writeMigrations(
    Object.fromEntries(
      SCENARIO.map(({ version, transaction, up, down }) => [
        `${version}_m.sql`,
        `${transaction ? "" : "-- +goose NO TRANSACTION\n"}-- +goose Up\n${section(up)}-- +goose Down\n${section(down)}`,
      ]),
    ),
  );
}
