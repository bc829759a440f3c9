import { setTimeout } from "node:timers/promises";
import { Client, type QueryResult, type QueryResultRow } from "pg";
import type { TestServer } from "./server-list.ts";

/** A database of its own for one test. */
export interface TestDatabase extends AsyncDisposable {
  readonly name: string;
  readonly url: string;
  readonly server: TestServer;
  /** Runs SQL on a connection of its own, which is kept until `drop`; the rows of the last statement. */
  query<Row extends QueryResultRow = QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Ends the connection of `query`, until it is used again. */
  leave(): Promise<void>;
  /** Ends all its connections and drops it. */
  drop(): Promise<void>;
}

let count = 0;

/** Creates an empty database, or a copy of another one that nobody uses; use `await using`, or drop it. */
export async function createDatabase(server: TestServer, template?: string): Promise<TestDatabase> {
  const name = `test_${process.pid}_${Date.now().toString(36)}_${++count}`;
  await runOnce(server.url, `CREATE DATABASE ${name}${template === undefined ? "" : ` TEMPLATE ${template}`}`);
  const url = urlOf(server, name);
  let connected: Promise<Client> | undefined;

  const query = async <Row extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]> => {
    const client = await (connected ??= connect(url));
    const result = await client.query<Row>(sql, values === undefined ? undefined : [...values]);
    const last = Array.isArray(result) ? (result as QueryResult<Row>[]).at(-1) : result;
    return last?.rows ?? [];
  };
  const leave = async (): Promise<void> => {
    const client = await connected;
    connected = undefined;
    await client?.end();
  };
  const drop = async (): Promise<void> => {
    await leave();
    const client = await connect(server.url);
    await letSessionsEnd(client, name);
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await client.end();
  };
  return { name, url, server, query, leave, drop, [Symbol.asyncDispose]: drop };
}

/**
 * `pool.end()` of pg resolves before its sessions have ended, and reports one that is ended by force as an error of the
 * pool, which nobody listens to any more. Those that do not end by themselves are ended by force all the same.
 */
async function letSessionsEnd(client: Client, database: string): Promise<void> {
  for (let look = 0; look < 20; look++) {
    const { rowCount } = await client.query("SELECT FROM pg_stat_activity WHERE datname = $1", [database]);
    if (rowCount === 0) return;
    await setTimeout(10);
  }
}

/** The URL of a database of a server, as its superuser or as another user. */
export function urlOf(server: TestServer, database: string, user?: string, password?: string): string {
  const url = new URL(server.url);
  url.pathname = `/${database}`;
  if (user !== undefined) url.username = user;
  if (password !== undefined) url.password = password;
  return url.href;
}

async function connect(url: string): Promise<Client> {
  const client = new Client(url);
  // The test is about to end, or ends the session itself; either way it is not for the process to die of.
  client.on("error", () => {});
  await client.connect();
  return client;
}

async function runOnce(url: string, sql: string): Promise<void> {
  const client = await connect(url);
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
