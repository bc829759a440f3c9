import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { script } from "../migrations.js";

const bin = join(import.meta.dirname, "../node_modules/postgrator-cli/index.js");
let Postgrator;
let pg;

export default {
  title: "postgrator (no transaction)",
  runtime: "node",
  transaction: "none",
  readsFiles: true,
  prepare(folder, migrations) {
    for (const { version, name, up, down } of migrations) {
      writeFileSync(join(folder, `${version}.do.${name}.sql`), script(up));
      writeFileSync(join(folder, `${version}.undo.${name}.sql`), script(down));
    }
  },
  load: async () => {
    ({ default: Postgrator } = await import("postgrator"));
    ({ default: pg } = await import("pg"));
  },
  async up(url, folder) {
    const client = new pg.Client(url);
    await client.connect();
    try {
      await new Postgrator({
        driver: "pg",
        database: client.database,
        migrationPattern: `${folder}/*.sql`,
        execQuery: (query) => client.query(query),
      }).migrate();
    } finally {
      await client.end();
    }
  },
  command(url, folder) {
    const { hostname, port, pathname, username, password } = new URL(url);
    const settings = { host: hostname, port: port || "5432", database: pathname.slice(1), username, password };
    const flags = Object.entries(settings).flatMap(([name, value]) => (value ? [`--${name}`, value] : []));
    return [process.execPath, bin, "migrate", "--no-config", ...flags, "--migration-pattern", `${folder}/*.sql`];
  },
};
