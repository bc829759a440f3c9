import { fileURLToPath } from "node:url";

/** Where the database and the migrations are, and where to serve. */
export interface Settings {
  readonly databaseUrl: string;
  readonly migrations: string;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

/** Reads the environment; without DATABASE_URL the database is an embedded one, in a folder beside the code. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  return {
    databaseUrl: env["DATABASE_URL"] || `pglite:${inExample(".gander/database")}`,
    migrations: inExample("migrations/postgres"),
    host: env["HOST"] || "localhost",
    port: readPort(env["PORT"] || "3000"),
  };
}

function readPort(text: string): number {
  const port = Number(text);
  if (!/^[0-9]+$/.test(text) || port > 65_535) {
    throw new RangeError(`PORT=${text} is no port; it takes a number from 0 to 65535.`);
  }
  return port;
}

function inExample(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}
