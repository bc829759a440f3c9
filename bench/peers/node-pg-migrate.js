import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { script } from "../migrations.js";

const bin = join(import.meta.dirname, "../node_modules/node-pg-migrate/bin/node-pg-migrate.js");
const quiet = { debug() {}, info() {}, warn: console.error, error: console.error };
let runner;

export default {
  title: "node-pg-migrate",
  runtime: "node",
  transaction: "file",
  readsFiles: true,
  prepare(folder, migrations) {
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
    for (const { version, name, up, down } of migrations) {
      const body = (statements) => `pgm.sql(${JSON.stringify(script(statements))});`;
      const text = `export const up = (pgm) => {\n  ${body(up)}\n};\n\nexport const down = (pgm) => {\n  ${body(down)}\n};\n`;
      writeFileSync(join(folder, `${version}000_${name}.js`), text);
    }
  },
  load: async () => {
    ({ runner } = await import("node-pg-migrate"));
  },
  up: (url, folder) =>
    runner({
      databaseUrl: url,
      dir: folder,
      direction: "up",
      migrationsTable: "pgmigrations",
      ignorePattern: "package.json",
      logger: quiet,
    }),
  command: (url, folder) => [
    process.execPath,
    bin,
    "up",
    "-m",
    folder,
    "--ignore-pattern",
    "package.json",
    "--database-url-var",
    "DATABASE_URL",
  ],
};
