import type { Migration, Statement } from "../../src/files/migration.ts";
import type { HistoryRow } from "../../src/history/history.ts";
import type { StatusState, VersionStatus } from "../../src/plan/plan.ts";
import type { Style } from "../../src/report/style.ts";

/** Shows what each piece of text was marked as. */
export const tagStyle: Style = (name, text) => `<${name}>${text}</${name}>`;

export function statement(text = "SELECT 1", count = 1): Statement {
  const place = { line: 2, column: 1 };
  return {
    sql: text,
    text,
    place,
    count,
    block: false,
    substitutions: [],
    locate: () => place,
    locateStatement: () => place,
  };
}

export function migration(name: string, change: Partial<Migration> = {}): Migration {
  return {
    version: BigInt(/^\d+/u.exec(name)?.[0] ?? "0"),
    name,
    path: `migrations/${name}`,
    text: "",
    transaction: true,
    directives: {},
    up: [statement()],
    down: [statement()],
    downProblem: undefined,
    checksum: "c0ffee",
    ...change,
  };
}

export function row(name: string, change: Partial<HistoryRow> = {}): HistoryRow {
  return {
    version: BigInt(/^\d+/u.exec(name)?.[0] ?? "0"),
    dirty: false,
    timestamp: new Date("2025-12-20T12:00:00.900Z"),
    name,
    checksum: "c0ffee",
    sequence: 1n,
    state: "applied",
    direction: "up",
    durationMs: 12.4,
    statements: 3,
    statementsDone: 3,
    error: undefined,
    runner: undefined,
    leaseUntil: undefined,
    source: "gander",
    ...change,
  };
}

export function version(name: string, state: StatusState, change: Partial<VersionStatus> = {}): VersionStatus {
  const file = migration(name);
  const history = state === "pending" || state === "missing" ? undefined : row(name);
  return { version: file.version, name, state, changed: false, row: history, migration: file, ...change };
}
