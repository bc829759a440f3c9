import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { script } from "../migrations.js";

const bin = join(import.meta.dirname, "../node_modules/knex/bin/cli.js");
let knex;

export default {
  title: "knex (one transaction)",
  runtime: "node",
  transaction: "run",
  readsFiles: false,
  prepare(folder, migrations) {
    for (const { version, name, up, down } of migrations) {
      const body = (statements) => `(knex) => knex.raw(${JSON.stringify(script(statements))})`;
      writeFileSync(
        join(folder, `${version}_${name}.cjs`),
        `exports.up = ${body(up)};\nexports.down = ${body(down)};\n`,
      );
    }
  },
  load: async () => {
    ({ default: knex } = await import("knex"));
  },
  async up(url, folder) {
    const db = knex({ client: "pg", connection: url, pool: { min: 0, max: 1 } });
    try {
      await db.migrate.latest({ directory: folder });
    } finally {
      await db.destroy();
    }
  },
  command: (url, folder) => [
    process.execPath,
    bin,
    "migrate:latest",
    "--client",
    "pg",
    "--connection",
    url,
    "--migrations-directory",
    folder,
  ],
};
