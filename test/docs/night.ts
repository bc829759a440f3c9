import { mkdir, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join, sep } from "node:path";
import { PassThrough } from "node:stream";
import { run } from "../../src/cli/run.ts";
import { GanderError, migrateOnStart } from "../../src/index.ts";
import { createFolder } from "../cli/run-gander.ts";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import type { TestServer } from "../support/server-list.ts";

/** A run of the command line that has begun. */
export interface Going {
  readonly ended: Promise<number>;
  /** Resolves when it has printed a text; rejects when it has ended without. */
  printed(text: RegExp): Promise<void>;
}

/** A database with users and a folder with migrations: what one bad night happens to. */
export interface Night extends AsyncDisposable {
  readonly database: TestDatabase;
  /** Writes a migration; without annotations a text is an Up. */
  write(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Begins a run, `args` as they are typed. */
  begin(args: string, options?: NightOptions): Going;
  /** Starts a server on the database: what it does before it serves. */
  serve(): Promise<void>;
  /** Runs to the end. */
  gander(args: string, options?: NightOptions): Promise<number>;
  /** All that was printed so far. */
  printed(): string;
}

export interface NightOptions {
  readonly url?: string;
  readonly signal?: AbortSignal;
}

const USERS = `-- +goose Up
CREATE TABLE users (id bigint PRIMARY KEY, email text);
INSERT INTO users SELECT n, 'user' || n % 999 FROM generate_series(1, 1000) AS n;
-- +goose Down
DROP TABLE users;
`;

export async function createNight(server: TestServer): Promise<Night> {
  const database = await createDatabase(server);
  const folder = await createFolder();
  const migrations = join(folder.path, "migrations");
  await mkdir(migrations);
  let all = "";
  const write = (name: string, text: string): Promise<void> =>
    writeFile(join(migrations, name), text.includes("+goose Up") ? text : `-- +goose Up\n${text}\n`);
  const begin = (
    args: string,
    { url = database.url, signal = new AbortController().signal }: NightOptions = {},
  ): Going => {
    let own = "";
    let over = false;
    let tell: () => void = () => undefined;
    const keep = (printed: string): void => {
      const text = printed.replaceAll(`${folder.path}${sep}`, "");
      own += text;
      all += text;
      tell();
    };
    const stream = { isTTY: false, write: keep };
    const streams = { stdin: Object.assign(new PassThrough(), { isTTY: false }), stdout: stream, stderr: stream };
    const environment = { DATABASE_URL: url, GANDER_DIR: migrations };
    const ended = run({ args: args.split(" "), environment, cwd: folder.path, streams, signal, now: new Date() });
    void ended.finally(() => {
      over = true;
      tell();
    });
    const printed = async (text: RegExp): Promise<void> => {
      while (!text.test(own)) {
        if (over) throw new Error(`gander ${args} ended without ${String(text)}:\n${own}`);
        await new Promise<void>((resolve) => (tell = resolve));
      }
    };
    return { ended, printed };
  };
  await write("1_users.sql", USERS);
  return {
    database,
    write,
    remove: (name) => rm(join(migrations, name)),
    begin,
    serve: async () => {
      try {
        await migrateOnStart({ database: database.url, migrations });
      } catch (error) {
        if (!(error instanceof GanderError)) throw error;
        all += `error[${error.code}]: ${error.message}\n${error.hint}\n`;
      }
    },
    gander: (args, options) => begin(args, options).ended,
    printed: () => all,
    [Symbol.asyncDispose]: async () => {
      await database.drop();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Lines without what is another each time: numbers, times, hosts, how a system tells that a connection has ended. */
export function comparableLines(text: string): readonly string[] {
  return text
    .replaceAll(hostname(), "app-7")
    .replaceAll("Connection terminated unexpectedly", "read ECONNRESET")
    .replaceAll(/127\.0\.0\.1:\d+/g, "db:5432")
    .replaceAll(/\d[\d.,:TZ+-]*\d|\d/g, "#")
    .replaceAll(/<?# (?:ms|s|min|h)\b/g, "# s")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
