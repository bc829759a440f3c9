import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { script } from "../migrations.js";

let migrate;
let pg;

export default {
  title: "postgres-migrations",
  runtime: "node",
  transaction: "file",
  readsFiles: true,
  prepare(folder, migrations) {
    for (const [index, { name, up }] of migrations.entries())
      writeFileSync(join(folder, `${index + 1}_${name}.sql`), script(up));
  },
  load: async () => {
    ({ migrate } = await import("postgres-migrations"));
    ({ default: pg } = await import("pg"));
  },
  async up(url, folder) {
    const client = new pg.Client(url);
    await client.connect();
    try {
      await migrate({ client }, folder);
    } finally {
      await client.end();
    }
  },
};
