import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { script } from "../migrations.js";

let Umzug;
let pg;

/** umzug leaves transactions and history to its user: each file in a transaction, and a table with the names. */
function createUmzug(client, folder) {
  return new Umzug({
    migrations: {
      glob: ["*.sql", { cwd: folder }],
      resolve: ({ name, path }) => ({
        name,
        async up() {
          await client.query("BEGIN");
          await client.query(readFileSync(path, "utf8"));
          await client.query("COMMIT");
        },
      }),
    },
    storage: {
      logMigration: ({ name }) => client.query("INSERT INTO umzug_history (name) VALUES ($1)", [name]),
      unlogMigration: ({ name }) => client.query("DELETE FROM umzug_history WHERE name = $1", [name]),
      async executed() {
        const { rows } = await client.query("SELECT name FROM umzug_history ORDER BY name");
        return rows.map((row) => row.name);
      },
    },
    logger: undefined,
  });
}

export default {
  title: "umzug + pg",
  runtime: "node",
  transaction: "file",
  readsFiles: false,
  prepare(folder, migrations) {
    for (const { version, name, up } of migrations) writeFileSync(join(folder, `${version}_${name}.sql`), script(up));
  },
  load: async () => {
    ({ Umzug } = await import("umzug"));
    ({ default: pg } = await import("pg"));
  },
  async up(url, folder) {
    const client = new pg.Client(url);
    await client.connect();
    try {
      await client.query("CREATE TABLE IF NOT EXISTS umzug_history (name text PRIMARY KEY)");
      await createUmzug(client, folder).up();
    } finally {
      await client.end();
    }
  },
};
