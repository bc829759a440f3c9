import { promises as fs, writeFileSync } from "node:fs";
import path from "node:path";
import { script } from "../migrations.js";

const kyselyPath = JSON.stringify(import.meta.resolve("kysely"));
let kysely;
let pg;

export default {
  title: "kysely (one transaction)",
  runtime: "node",
  transaction: "run",
  readsFiles: true,
  prepare(folder, migrations) {
    for (const { version, name, up, down } of migrations) {
      const body = (statements) => `(db) => sql.raw(${JSON.stringify(script(statements))}).execute(db)`;
      const text = `import { sql } from ${kyselyPath};\n\nexport const up = ${body(up)};\nexport const down = ${body(down)};\n`;
      writeFileSync(path.join(folder, `${version}_${name}.mjs`), text);
    }
  },
  load: async () => {
    kysely = await import("kysely");
    ({ default: pg } = await import("pg"));
  },
  async up(url, migrationFolder) {
    const db = new kysely.Kysely({
      dialect: new kysely.PostgresDialect({ pool: new pg.Pool({ connectionString: url, max: 1 }) }),
    });
    try {
      const provider = new kysely.FileMigrationProvider({ fs, path, migrationFolder });
      const { error } = await new kysely.Migrator({ db, provider }).migrateToLatest();
      if (error) throw error;
    } finally {
      await db.destroy();
    }
  },
};
